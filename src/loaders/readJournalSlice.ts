import { authorize, seesAllAccounts } from '../auth/authorize.ts';
import { upstreamFilters } from '../auth/restrictToOwnAccounts.ts';
import type { Sides } from '../auth/restrictToOwnAccounts.ts';
import type { Principal } from '../auth/principal.ts';
import type { CancelSignal } from '../concurrency/Cancellation.ts';
import { dayOfInstant } from '../domain/instant.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import { journalStatuses } from '../domain/journal.ts';
import type { Journal, JournalEntryType, JournalStatus } from '../domain/journal.ts';
import { isUnreadable, sidesOfUnreadable } from '../domain/unreadableJournal.ts';
import type { ListedJournal, UnreadableJournal } from '../domain/unreadableJournal.ts';
import type { TakeJournal } from '../upstream/journals/decodeResponse.ts';
import type { JournalListing } from '../upstream/journals/journalListing.ts';
import type { JournalList, JournalsClient } from '../upstream/journals/JournalsClient.ts';

import type { SharedReads } from './SharedReads.ts';

/** A filter of journals. A field that is absent or null does not filter; an empty list matches nothing. */
export interface JournalSelection {
  createdAfter?: CalendarDate | null | undefined;
  createdBefore?: CalendarDate | null | undefined;
  status?: readonly JournalStatus[] | null | undefined;
  entryType?: JournalEntryType | null | undefined;
  /** The pairs of accounts, at least one of which a journal must match. */
  sides: readonly Sides[];
}

/**
 * The days to request, null for no bound. Callers must request more days than they need: the API documents neither the
 * time zone of the days nor whether the bounds are inclusive.
 */
export interface SliceBounds {
  after: CalendarDate | null;
  before: CalendarDate | null;
  /** The maximum number of journals that one call may return. */
  limit: number;
}

export interface SliceReader {
  shared: SharedReads;
  principal: Principal;
  signal: CancelSignal | undefined;
}

export interface SliceVisitor {
  client: Pick<JournalsClient, 'listEach'>;
  principal: Principal;
  signal: CancelSignal | undefined;
}

/** How many lists are read in parallel. */
const parallelLists = 16;

/**
 * Reads all journals of a selection between two days, each once and in no particular order. The API filters as far as
 * its filters are reliable, and every journal is checked again here.
 */
export async function readJournalSlice(
  reader: SliceReader,
  selection: JournalSelection,
  bounds: SliceBounds,
): Promise<JournalList> {
  const isOwn = selectorOf(reader.principal, selection);
  const listings = listingsOf(reader.principal, selection, bounds);
  const [[only, ...others] = []] = listings;
  if (only && others.length === 0 && listings.length === 1) {
    const { journals, unreadable = [], complete } = await reader.shared.list(reader.principal, only, reader.signal);
    return { journals: journals.filter(isOwn), unreadable: unreadable.filter(isOwn), complete };
  }
  const lists = await inGroups(listings, (inTurn) => readInTurn(reader, inTurn));
  const byId = new Map<string, Journal>();
  for (const { journals } of lists) for (const journal of journals) byId.set(journal.id, journal);
  // Two lists may contain the same journal. A journal without a readable id is identified by all of its readable
  // fields.
  const unread = new Map(
    lists.flatMap((list) => list.unreadable ?? []).map((journal) => [journal.id ?? JSON.stringify(journal), journal]),
  );
  return {
    journals: [...byId.values()].filter(isOwn),
    unreadable: [...unread].filter(([id, journal]) => !byId.has(id) && isOwn(journal)).map(([, journal]) => journal),
    complete: lists.every((list) => list.complete),
  };
}

/**
 * Like `readJournalSlice`, but passes on each journal while the lists arrive.
 *
 * @param begin called when a list begins, and again if the list breaks off and is requested once more. If several lists
 *   contain the same journal, it is passed on each time, and the last one read comes last. `isOnly`: there is only one
 *   list
 */
export async function visitJournalSlice(
  { client, principal, signal }: SliceVisitor,
  selection: JournalSelection,
  bounds: SliceBounds,
  begin: (isOnly: boolean) => TakeJournal,
): Promise<Pick<JournalList, 'complete'>> {
  const all = listingsOf(principal, selection, bounds);
  const isOnly = all.flat().length === 1;
  const isOwn = selectorOf(principal, selection);
  const beginOwn = (): TakeJournal => {
    const take = begin(isOnly);
    return (listed) => {
      if (isOwn(listed)) take(listed);
    };
  };
  const lists = await inGroups(all, async (listings) => {
    let complete = true;
    for (const listing of listings) complete = (await client.listEach(listing, beginOwn, signal)).complete && complete;
    return complete;
  });
  return { complete: lists.every((complete) => complete) };
}

/**
 * Returns the calls to make, as lists of calls. The lists may be read in parallel, but the calls of a list only in
 * turn: one call per status, in the order in which journals pass through the statuses. A journal whose status changes
 * in the meantime is then found in its new status, if not in its old one. Parallel calls could miss it in both.
 */
function listingsOf(
  principal: Principal,
  selection: JournalSelection,
  { after, before, limit }: SliceBounds,
): JournalListing[][] {
  const entryType = selection.entryType === 'UNKNOWN' ? undefined : (selection.entryType ?? undefined);
  const common = { after: after ?? undefined, before: before ?? undefined, entryType, limit };
  const statuses = statusesToRequest(selection.status);
  return upstreamFilters(principal, selection.sides).map((side) =>
    statuses.map((status) => ({ ...common, ...side, status })),
  );
}

/** A principal with 50 accounts has a hundred lists, and an operation many pages. After a failure no more are begun. */
async function inGroups<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += parallelLists) {
    results.push(...(await Promise.all(items.slice(at, at + parallelLists).map(read))));
  }
  return results;
}

async function readInTurn(
  { shared, principal, signal }: SliceReader,
  listings: readonly JournalListing[],
): Promise<JournalList> {
  const unreadable: UnreadableJournal[] = [];
  const all: JournalList = { journals: [], unreadable, complete: true };
  for (const listing of listings) {
    const list = await shared.list(principal, listing, signal);
    for (const journal of list.journals) all.journals.push(journal);
    for (const journal of list.unreadable ?? []) unreadable.push(journal);
    all.complete &&= list.complete;
  }
  return all;
}

/** Whether a journal is selected and the principal may see it. */
function selectorOf(principal: Principal, selection: JournalSelection): (listed: ListedJournal) => boolean {
  const isAnySide = selection.sides.some((side) => side.fromAccount === undefined && side.toAccount === undefined);
  const seesAll = seesAllAccounts(principal);
  return (listed) => {
    if (!matches(selection, listed) || !(isAnySide || matchesSides(selection, listed))) return false;
    if (seesAll) return true;
    const journal = isUnreadable(listed) ? sidesOfUnreadable(listed) : listed;
    return authorize(principal, { kind: 'readJournal', journal });
  };
}

/**
 * The statuses to request. The API takes one status per call and has no `unknown`, which needs a call without this
 * filter.
 */
function statusesToRequest(wanted: JournalSelection['status']): JournalListing['status'][] {
  if (!wanted || wanted.includes('unknown')) return [undefined];
  return journalStatuses.filter((status) => wanted.includes(status));
}

function matches(
  { status, entryType, createdAfter, createdBefore }: JournalSelection,
  journal: ListedJournal,
): boolean {
  // A field that is missing or unreadable counts as a match: the API's own filter is the only check that is possible.
  const { createdAt } = journal;
  const day = createdAt === null || (!createdAfter && !createdBefore) ? null : dayOfInstant(createdAt);
  return (
    (!status || journal.status === null || status.includes(journal.status)) &&
    (!entryType || journal.entryType === null || journal.entryType === entryType) &&
    (day === null || ((!createdAfter || day >= createdAfter) && (!createdBefore || day <= createdBefore)))
  );
}

function matchesSides({ sides }: JournalSelection, journal: ListedJournal): boolean {
  return sides.some(
    ({ fromAccount, toAccount }) => isSide(journal.fromAccount, fromAccount) && isSide(journal.toAccount, toAccount),
  );
}

function isSide(found: string | null, wanted: string | undefined): boolean {
  return wanted === undefined || found === null || found.toLowerCase() === wanted;
}
