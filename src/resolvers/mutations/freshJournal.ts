import type { OperationContext } from '../../context.ts';
import { instantMs } from '../../domain/instant.ts';
import type { Journal } from '../../domain/journal.ts';
import type { BatchItem } from '../../domain/newJournal.ts';

/**
 * Returns the journal of a response, at least as new as its last delivered status event. A response can be older, since
 * an event may arrive before it, and since the API responds to a reused key with its first response. The journal is
 * read again in three cases: its type could not be read, the status in its last event differs, or it has no event and
 * the key was used before.
 */
export async function freshJournal(answered: Journal, isNewKey: boolean, context: OperationContext): Promise<Journal> {
  const lastStatus = context.parts.statusEvents.lastStatusOf(answered.id);
  // A journal whose type can't be read in the response to a batch may be readable on its own.
  const isWhole = answered.entryType !== 'UNKNOWN';
  const isCurrent = isWhole && (lastStatus === undefined ? isNewKey : lastStatus === answered.rawStatus);
  const journal = isCurrent ? answered : await reread(answered, context);
  context.parts.journalSides.learn(journal.id, journal);
  context.keepJournal(journal);
  return journal;
}

/**
 * Returns the results of a batch, each with a journal at least as new as its last event. A journal that was created
 * before the call counts as one whose key was used before. New journals are not read again, since a batch may have a
 * thousand of them.
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

/** How much earlier than the call a new journal may be dated, in ms: the clocks of the API's hosts differ. */
const clockTolerance = 60_000;

/** Reads the journal again. If the read fails, returns the answered journal, which exists in any case. */
async function reread(answered: Journal, { parts, signal }: OperationContext): Promise<Journal> {
  try {
    return (await parts.journals.get(answered.id, signal)) ?? answered;
  } catch {
    return answered;
  }
}
