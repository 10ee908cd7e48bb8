import type { OperationContext } from '../../context.ts';
import { instantMs } from '../../domain/instant.ts';
import type { Journal } from '../../domain/journal.ts';
import type { BatchItem } from '../../domain/newJournal.ts';

/**
 * The journal of an answer, at least as new as any of its status events that was already delivered. An answer may be
 * older: an event can overtake it, and a key that was used before brings the first answer again. Only a key that the
 * gateway has just made is surely new; for every other one the journal is read again, unless its last event agrees.
 */
export async function freshJournal(answered: Journal, isNewKey: boolean, context: OperationContext): Promise<Journal> {
  const lastStatus = context.statusEvents.lastStatusOf(answered.id);
  // One whose amount could not be read in a batch's answer may be readable on its own.
  const isWhole = answered.entryType !== 'UNKNOWN';
  const isCurrent = isWhole && (lastStatus === undefined ? isNewKey : lastStatus === answered.rawStatus);
  return isCurrent ? learn(answered, context) : learn(await reread(answered, context), context);
}

/**
 * Each result of a batch with its journal, at least as new as its events. A thousand entries are not read again one by
 * one on the mere chance of an old key: only those are whose answer is old by its own date.
 *
 * @param startedMs when it was asked for, by the API's clock
 */
export function freshResults<Item extends BatchItem>(
  results: readonly Item[],
  startedMs: number,
  context: OperationContext,
): Promise<Item[]> {
  return Promise.all(
    results.map(async (result) => {
      const { createdAt } = result.journal;
      const isNew = createdAt === null || instantMs(createdAt) >= startedMs - clockTolerance;
      return { ...result, journal: await freshJournal(result.journal, isNew, context) };
    }),
  );
}

/** The hosts of an API may differ by this much before a new journal is taken for an old one, in ms. */
const clockTolerance = 60_000;

/** What comes later in the operation is spared the read. */
function learn(journal: Journal, { journalSides, journalLoader }: OperationContext): Journal {
  journalSides.learn(journal.id, journal);
  journalLoader.clear(journal.id).prime(journal.id, journal);
  return journal;
}

/** The journal is done either way: when it can't be read again, the answer stands. */
async function reread(answered: Journal, { journals, signal }: OperationContext): Promise<Journal> {
  try {
    return (await journals.get(answered.id, signal)) ?? answered;
  } catch {
    return answered;
  }
}
