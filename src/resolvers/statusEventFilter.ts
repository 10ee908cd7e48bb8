import { authorize, seesAllAccounts } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { assertAtMost } from '../errors/BadUserInputError.ts';
import type { JournalEntryType, JournalStatus } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { readableSides } from '../loaders/JournalSidesCache.ts';

import { maxIds } from './journal.ts';

export interface JournalStatusEventFilter {
  journalId?: readonly string[] | null | undefined;
  accountId?: readonly string[] | null | undefined;
  entryType?: JournalEntryType | null | undefined;
  statusTo?: readonly JournalStatus[] | null | undefined;
}

export interface StatusEventChecks {
  /** The checks that need only the event. */
  accepts: (event: JournalStatusEvent) => boolean;
  /** The checks that need the journal's accounts, which events do not contain; null if there are none. */
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
  const { principal, parts } = context;
  if (!accountIds && seesAllAccounts(principal)) return { accepts, passes: null };
  const hidden = journalIds && !seesAllAccounts(principal) ? hiddenAmong(journalIds, context) : null;
  return {
    accepts,
    passes: async ({ journalId: id }) => {
      if ((await hidden)?.has(id.toLowerCase())) return false;
      const sides = await parts.journalSides.sidesOf(id);
      if (!sides || !authorize(principal, { kind: 'readJournal', journal: sides })) return false;
      return !accountIds || [sides.fromAccount, sides.toAccount].some((side) => accountIds.has(side.toLowerCase()));
    },
  };
}

/**
 * Returns the ids of those journals that the principal may not see. All of the journals are read up front, so that a
 * hidden journal causes the same calls, and gives the same result, as one that does not exist. A missing journal may
 * still be created by this principal, so its events are checked one by one.
 */
function hiddenAmong(ids: ReadonlySet<string>, { parts, principal, signal }: OperationContext): Promise<Set<string>> {
  const reading = Promise.all(
    [...ids].map(async (id) => {
      const journal = await parts.sharedReads.get(principal, id, signal).catch(readableSides);
      return journal && !authorize(principal, { kind: 'readJournal', journal }) ? id : null;
    }),
  );
  const hidden = reading.then((found) => new Set(found.filter((id) => id !== null)));
  // A failure is reported by the check of the first event, but there may never be an event.
  hidden.catch(() => undefined);
  return hidden;
}

function idSet(name: string, ids: readonly string[] | null | undefined): Set<string> | null {
  if (!ids) return null;
  assertAtMost(maxIds, `filter.${name}`, ids);
  return new Set(ids.map((id) => id.toLowerCase()));
}
