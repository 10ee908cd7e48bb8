import type { OperationContext } from '../context.ts';
import type { Journal } from '../domain/journal.ts';

/** Fields of a journal that change with its status and that events do not contain. */
export const settledFields: readonly string[] = ['settleDate', 'systemDate', 'price'];

/**
 * A journal whose status comes from an event, with these fields as they are now. To be called only if a client selects
 * one of them, since thousands of clients may learn a status at once.
 *
 * @throws Fault
 */
export async function withSettledFields(
  journal: Journal,
  { parts, principal, signal }: OperationContext,
): Promise<Journal> {
  const read = await parts.sharedReads.get(principal, journal.id, signal);
  if (!read) return journal;
  const { settleDate, systemDate } = read;
  if (journal.entryType !== 'JNLS' || read.entryType !== 'JNLS') return { ...journal, settleDate, systemDate };
  return { ...journal, settleDate, systemDate, price: read.price };
}
