import { assertAuthorized } from '../../auth/authorize.ts';
import { restrictToOwnAccounts } from '../../auth/restrictToOwnAccounts.ts';
import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import type { OperationContext } from '../../context.ts';
import { visitJournalSlice } from '../../loaders/readJournalSlice.ts';
import type { JournalSelection } from '../../loaders/readJournalSlice.ts';

import { selectionOf } from '../journals.ts';
import type { JournalFilter } from '../journals.ts';
import { DaySlices, isInSlice } from '../paging/DaySlices.ts';
import type { JournalTotalsKey } from './TotalsGroup.ts';
import { TotalsPage } from './TotalsPage.ts';
import { TotalsSheet } from './TotalsSheet.ts';
import type { JournalTotals } from './TotalsSheet.ts';

export interface JournalTotalsArguments {
  filter?: JournalFilter | null | undefined;
  groupBy: readonly JournalTotalsKey[];
}

/** The most journals that a call may return before a narrower slice is requested. More than for a page: all are read. */
const probeLimit = 20_000;

/** Counts and sums of the journals of a filter, by group. @throws GraphQLError | ForbiddenError | Fault */
export async function journalTotals(
  { filter, groupBy }: JournalTotalsArguments,
  context: OperationContext,
): Promise<JournalTotals> {
  const { principal, sharedReads, signal } = context;
  assertAuthorized(principal, { kind: 'read' });
  const all = selectionOf(filter ?? {});
  const selection = { ...all, sides: restrictToOwnAccounts(principal, all.sides) };
  const keys = new Set(groupBy);
  if (selection.sides.length === 0 || selection.status?.length === 0) return new TotalsSheet(keys).result;
  // The rights beside the name: several keys of one name may see different accounts.
  const key = JSON.stringify(['totals', principal.name, principal.rights, selection, [...keys]]);
  return sharedReads.share(key, (cancel) => readTotals(selection, keys, cancel, context), signal);
}

async function readTotals(
  selection: JournalSelection,
  keys: ReadonlySet<JournalTotalsKey>,
  signal: CancelSignal,
  { journals: client, principal, firmCurrency }: OperationContext,
): Promise<JournalTotals> {
  const range = { oldest: selection.createdAfter ?? null, newest: selection.createdBefore ?? null };
  const sheet = new TotalsSheet(keys);
  const slices = new DaySlices({
    today: new Date().toISOString().slice(0, 10),
    probeLimit,
    read: async (slice, bounds) => {
      const page = new TotalsPage({ keys, firmCurrency });
      let [hasJournals, hasDates] = [false, false];
      const { complete } = await visitJournalSlice({ client, principal, signal }, selection, bounds, (journal) => {
        hasJournals = true;
        hasDates ||= journal.createdAt !== null;
        if (isInSlice(journal.createdAt, slice, range.newest)) page.take(journal);
      });
      return { complete, isUndated: hasJournals && !hasDates, keep: () => sheet.add(page) };
    },
    onTooMany: () => sheet.markIncomplete(),
  });
  await slices.read(range, 'older', () => false);
  return sheet.result;
}
