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
import { TotalsPage } from './totals/TotalsPage.ts';
import { TotalsSheet } from './totals/TotalsSheet.ts';
import type { JournalTotals } from './totals/TotalsSheet.ts';

/** After this many days that the API does not list, the others are not tried: the API may ignore dates. */
const maxUnlistedDays = 31;

/** Counts and sums of the journals of a filter, by group. @throws GraphQLError | ForbiddenError | Fault */
export async function journalTotals(
  { filter, groupBy }: { filter?: JournalFilter | null | undefined; groupBy: readonly JournalTotalsKey[] },
  context: OperationContext,
): Promise<JournalTotals> {
  const { parts, principal, signal } = context;
  assertAuthorized(principal, { kind: 'read' });
  const all = selectionOf(filter ?? {});
  const selection = { ...all, sides: restrictToOwnAccounts(principal, all.sides) };
  const keys = new Set(groupBy);
  // The rights beside the name: several keys of one name may see different accounts.
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
  const sheet = new TotalsSheet(keys);
  let unlistedDays = 0;
  const slices = new DaySlices({
    today: utcDay(),
    // A list is never in memory, so as much is read in one call as the API lists.
    probeLimit: maxListed,
    read: async (slice, bounds) => {
      const page = new TotalsPage(keys, parts.firmCurrency);
      let [hasJournals, hasDates] = [false, false];
      const visitor = { client: parts.journals, principal, signal };
      const { complete } = await visitJournalSlice(visitor, selection, bounds, (isOnly) => {
        if (isOnly) page.clear();
        return (journal) => {
          hasJournals = true;
          hasDates ||= journal.createdAt !== null;
          if (isInSlice(journal.createdAt, slice, range.newest)) page.take(journal, isOnly);
        };
      });
      return { complete, isUndated: hasJournals && !hasDates, keep: () => sheet.add(page) };
    },
    onTooMany: () => {
      unlistedDays += 1;
      sheet.markIncomplete();
    },
  });
  await slices.read(range, 'older', () => unlistedDays >= maxUnlistedDays);
  return sheet.result;
}
