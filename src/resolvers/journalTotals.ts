import { assertAuthorized } from '../auth/authorize.ts';
import { restrictToOwnAccounts } from '../auth/restrictToOwnAccounts.ts';
import type { CancelSignal } from '../concurrency/Cancellation.ts';
import type { OperationContext } from '../context.ts';
import { utcDay } from '../domain/calendarDate.ts';
import { visitJournalSlice } from '../loaders/readJournalSlice.ts';
import type { JournalSelection } from '../loaders/readJournalSlice.ts';
import { maxListed } from '../upstream/journals/journalListing.ts';

import { selectionOf } from './journals.ts';
import type { JournalFilter } from './journals.ts';
import { DaySlices, isInSlice } from './paging/DaySlices.ts';
import type { JournalTotalsKey } from './totals/TotalsGroup.ts';
import { SliceTotals } from './totals/SliceTotals.ts';
import { GroupTotals } from './totals/GroupTotals.ts';
import type { JournalTotals } from './totals/GroupTotals.ts';

/**
 * The maximum number of days that the API does not list before the remaining days are skipped: the API may be ignoring
 * dates.
 */
const maxUnlistedDays = 31;

/** Counts and sums up the journals that match a filter, by group. @throws GraphQLError | ForbiddenError | Fault */
export async function journalTotals(
  { filter, groupBy }: { filter?: JournalFilter | null | undefined; groupBy: readonly JournalTotalsKey[] },
  context: OperationContext,
): Promise<JournalTotals> {
  const { parts, principal, signal } = context;
  assertAuthorized(principal, { kind: 'read' });
  const all = selectionOf(filter ?? {});
  const selection = { ...all, sides: restrictToOwnAccounts(principal, all.sides) };
  const keys = new Set(groupBy);
  // The name alone does not suffice: API keys with the same name may have different rights.
  const key = JSON.stringify(['totals', principal.name, principal.rights, selection, [...keys]]);
  return parts.sharedReads.share(key, (cancel) => readTotals(selection, keys, cancel, context), signal);
}

async function readTotals(
  selection: JournalSelection,
  keys: ReadonlySet<JournalTotalsKey>,
  signal: CancelSignal,
  { parts, principal }: OperationContext,
): Promise<JournalTotals> {
  const range = { oldest: selection.createdAfter ?? null, newest: selection.createdBefore ?? null };
  const totals = new GroupTotals(keys);
  let unlistedDays = 0;
  const slices = new DaySlices({
    today: utcDay(),
    // Lists are not kept in memory, so each call may read as many journals as the API lists.
    probeLimit: maxListed,
    read: async (slice, bounds) => {
      const sums = new SliceTotals(keys, parts.firmCurrency);
      let [hasJournals, hasDates] = [false, false];
      const visitor = { client: parts.journals, principal, signal };
      const { complete } = await visitJournalSlice(visitor, selection, bounds, (isOnly) => {
        if (isOnly) sums.clear();
        return (journal) => {
          hasJournals = true;
          hasDates ||= journal.createdAt !== null;
          if (isInSlice(journal.createdAt, slice, range.newest)) sums.take(journal, isOnly);
        };
      });
      return { complete, isUndated: hasJournals && !hasDates, keep: () => totals.add(sums) };
    },
    onTooMany: () => {
      unlistedDays += 1;
      totals.markIncomplete();
    },
  });
  await slices.read(range, 'older', () => unlistedDays >= maxUnlistedDays);
  return totals.result;
}
