import { authorize, seesAllAccounts } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../domain/badUserInput.ts';
import type { JournalEntryType, JournalStatus } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

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
  { principal, journalSides }: OperationContext,
): StatusEventChecks {
  const { journalId, accountId, entryType, statusTo } = filter ?? {};
  const journalIds = idSet('journalId', journalId);
  const accountIds = idSet('accountId', accountId);
  const accepts = (event: JournalStatusEvent) =>
    (!journalIds || journalIds.has(event.journalId.toLowerCase())) &&
    (!entryType || event.entryType === entryType) &&
    (!statusTo || statusTo.includes(event.statusTo));
  if (!accountIds && seesAllAccounts(principal)) return { accepts, passes: null };
  return {
    accepts,
    passes: async (event) => {
      const sides = await journalSides.sidesOf(event.journalId);
      if (!sides || !authorize(principal, { kind: 'readJournal', journal: sides })) return false;
      return !accountIds || [sides.fromAccount, sides.toAccount].some((id) => accountIds.has(id.toLowerCase()));
    },
  };
}

function idSet(name: string, ids: readonly string[] | null | undefined): Set<string> | null {
  if (!ids) return null;
  if (ids.length > maxIds) throw new BadUserInputError(`filter.${name} has ${ids.length} entries, at most ${maxIds}`);
  return new Set(ids.map((id) => id.toLowerCase()));
}
