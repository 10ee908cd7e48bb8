import type { OperationContext } from '../../context.ts';
import { instantMs } from '../../domain/instant.ts';
import type { Journal } from '../../domain/journal.ts';
import type { BatchItem } from '../../domain/newJournal.ts';

/**
 * The journal of an answer, at least as new as its last delivered status event. An answer can be older: an event may
 * overtake it, and a reused key returns the first answer. The journal is read again unless its last event agrees with
 * it, or it has no event and the key is new.
 */
export async function freshJournal(answered: Journal, isNewKey: boolean, context: OperationContext): Promise<Journal> {
  const lastStatus = context.statusEvents.lastStatusOf(answered.id);
  // A journal whose type can't be read in a batch's answer may be readable on its own.
  const isWhole = answered.entryType !== 'UNKNOWN';
  const isCurrent = isWhole && (lastStatus === undefined ? isNewKey : lastStatus === answered.rawStatus);
  return isCurrent ? learn(answered, context) : learn(await reread(answered, context), context);
}

/**
 * The results of a batch, each with a journal at least as new as its events. A batch may have a thousand journals, so
 * only those are read again that were created before the call.
 *
 * @param startedMs when the call began, by the API's clock
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

/** How far the clocks of the API's hosts may differ before a new journal is taken for an old one, in ms. */
const clockTolerance = 60_000;

/** Saves later fields of the operation the read. */
function learn(journal: Journal, { journalSides, journalLoader }: OperationContext): Journal {
  journalSides.learn(journal.id, journal);
  journalLoader.clear(journal.id).prime(journal.id, journal);
  return journal;
}

/** The journal exists either way, so a failed read leaves the answer as it is. */
async function reread(answered: Journal, { journals, signal }: OperationContext): Promise<Journal> {
  try {
    return (await journals.get(answered.id, signal)) ?? answered;
  } catch {
    return answered;
  }
}
