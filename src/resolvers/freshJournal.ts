import type { OperationContext } from '../context.ts';
import type { Journal } from '../domain/journal.ts';
import type { BatchItem } from '../domain/newJournal.ts';

/**
 * The journal of an answer, at least as new as any of its status events that was already delivered.
 * An answer may be older: a repeated key brings the first one's again, and an event can overtake the answer.
 */
export async function freshJournal(answered: Journal, startedMs: number, context: OperationContext): Promise<Journal> {
  context.journalSides.learn(answered.id, answered);
  const journal = isOutdated(answered, startedMs, context) ? await reread(answered, context) : answered;
  context.journalLoader.clear(journal.id).prime(journal.id, journal);
  return journal;
}

/** Each result of a batch with its journal as `freshJournal` promises it. */
export function freshResults<Item extends BatchItem>(
  results: readonly Item[],
  startedMs: number,
  context: OperationContext,
): Promise<Item[]> {
  return Promise.all(
    results.map(async (result) => ({ ...result, journal: await freshJournal(result.journal, startedMs, context) })),
  );
}

/** Clocks of the two sides may differ by this much before a new journal is taken for an old one, in ms. */
const clockTolerance = 60_000;

function isOutdated(answered: Journal, startedMs: number, { statusEvents }: OperationContext): boolean {
  const lastStatus = statusEvents.lastStatusOf(answered.id);
  if (lastStatus !== undefined) return lastStatus !== answered.rawStatus;
  return answered.createdAt !== null && Date.parse(answered.createdAt) < startedMs - clockTolerance;
}

/** The journal is done either way: when it can't be read again, the answer stands. */
async function reread(answered: Journal, { journals, signal }: OperationContext): Promise<Journal> {
  try {
    return (await journals.get(answered.id, signal)) ?? answered;
  } catch {
    return answered;
  }
}
