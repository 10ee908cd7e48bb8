import { authorize, seesAllAccounts } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../errors/BadUserInputError.ts';
import type { JournalEntryType, JournalStatus } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { knownSides } from '../loaders/knownSides.ts';

import { maxIds } from './journal.ts';

export interface JournalStatusEventFilter {
  journalId?: readonly string[] | null | undefined;
  accountId?: readonly string[] | null | undefined;
  entryType?: JournalEntryType | null | undefined;
  statusTo?: readonly JournalStatus[] | null | undefined;
}

export interface StatusEventChecks {
  /** What the event itself tells. */
  accepts: (event: JournalStatusEvent) => boolean;
  /** What takes the journal's accounts, which events don't name; null when nothing does. */
  passes: ((event: JournalStatusEvent) => Promise<boolean>) | null;
}

/** @throws BadUserInputError */
export function statusEventChecks(
  filter: JournalStatusEventFilter | null | undefined,
  context: OperationContext,
): StatusEventChecks {
  const { journalId, accountId, entryType, statusTo } = filter ?? {};
  const journalIds = idSet('journalId', journalId);
  const accountIds = idSet('accountId', accountId);
  const accepts = (event: JournalStatusEvent) =>
    (!journalIds || journalIds.has(event.journalId.toLowerCase())) &&
    (!entryType || event.entryType === entryType) &&
    (!statusTo || statusTo.includes(event.statusTo));
  const { principal, journalSides } = context;
  if (!accountIds && seesAllAccounts(principal)) return { accepts, passes: null };
  const hidden = journalIds && !seesAllAccounts(principal) ? hiddenAmong(journalIds, context) : null;
  return {
    accepts,
    passes: async ({ journalId: id }) => {
      if ((await hidden)?.has(id.toLowerCase())) return false;
      const sides = await journalSides.sidesOf(id);
      if (!sides || !authorize(principal, { kind: 'readJournal', journal: sides })) return false;
      return !accountIds || [sides.fromAccount, sides.toAccount].some((side) => accountIds.has(side.toLowerCase()));
    },
  };
}

/**
 * Which of these journals are others'. All are read, whether they have events or not: a guess at another's journal costs
 * the same call and brings the same nothing as a guess at none. One that isn't there yet may be the principal's own: its
 * events tell.
 */
function hiddenAmong(
  ids: ReadonlySet<string>,
  { principal, sharedReads, signal }: OperationContext,
): Promise<Set<string>> {
  const reading = Promise.all(
    [...ids].map(async (id) => {
      const journal = await sharedReads.get(principal, id, signal).catch(knownSides);
      return journal && !authorize(principal, { kind: 'readJournal', journal }) ? id : null;
    }),
  );
  const hidden = reading.then((found) => new Set(found.filter((id) => id !== null)));
  // Who asks learns of it; perhaps no event ever does.
  hidden.catch(() => undefined);
  return hidden;
}

function idSet(name: string, ids: readonly string[] | null | undefined): Set<string> | null {
  if (!ids) return null;
  if (ids.length > maxIds) throw new BadUserInputError(`filter.${name} has ${ids.length} entries, at most ${maxIds}`);
  return new Set(ids.map((id) => id.toLowerCase()));
}
