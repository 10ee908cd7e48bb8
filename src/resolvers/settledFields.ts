import type { OperationContext } from '../context.ts';
import type { Journal } from '../domain/journal.ts';

/** Journals whose status comes from an event. */
const statusOnly = new WeakSet<Journal>();

/** Notes that the status of a journal comes from an event, which does not contain the fields that change with it. */
export function markStatusOnly(journal: Journal): void {
  statusOnly.add(journal);
}

/**
 * A field that changes together with the status of its journal. It is read only where a client selects it and the journal
 * was not read with its status, since thousands of clients may learn a status at once.
 *
 * @throws Fault
 */
export function settledField<Value>(
  journal: Journal,
  valueOf: (journal: Journal) => Value,
  { sharedReads, principal, signal }: OperationContext,
): Value | Promise<Value> {
  if (!statusOnly.has(journal)) return valueOf(journal);
  return sharedReads.get(principal, journal.id, signal).then((read) => valueOf(read ?? journal));
}
