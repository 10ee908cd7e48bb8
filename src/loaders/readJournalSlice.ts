import { authorize, seesAllAccounts } from '../auth/authorize.ts';
import { upstreamFilters } from '../auth/restrictToOwnAccounts.ts';
import type { Sides } from '../auth/restrictToOwnAccounts.ts';
import type { Principal } from '../auth/principal.ts';
import { dayOfInstant } from '../domain/instant.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import { journalStatuses } from '../domain/journal.ts';
import type { Journal, JournalEntryType, JournalStatus } from '../domain/journal.ts';
import { isUnreadable, sidesOfUnreadable } from '../domain/unreadableJournal.ts';
import type { ListedJournal, UnreadableJournal } from '../domain/unreadableJournal.ts';
import type { JournalListing } from '../upstream/journals/journalListing.ts';
import type { JournalList } from '../upstream/journals/JournalsClient.ts';

import type { SharedReads } from './SharedReads.ts';

/** A filter of journals. Absent or null does not filter; an empty list matches nothing. */
export interface JournalSelection {
  createdAfter?: CalendarDate | null | undefined;
  createdBefore?: CalendarDate | null | undefined;
  status?: readonly JournalStatus[] | null | undefined;
  entryType?: JournalEntryType | null | undefined;
  /** A journal must match one of these. */
  sides: readonly Sides[];
}

/**
 * The days to request, null for no bound. Ask for more than needed: the API does not document its time zone, nor whether
 * its bounds are inclusive.
 */
export interface SliceBounds {
  after: CalendarDate | null;
  before: CalendarDate | null;
  /** The most journals that one call may return. */
  limit: number;
}

export interface SliceReader {
  shared: SharedReads;
  principal: Principal;
  signal: AbortSignal | undefined;
}

/**
 * Reads all journals of a selection between two days, each once and in no order. The API filters where its filters are
 * reliable, and every journal is checked here again.
 */
export async function readJournalSlice(
  reader: SliceReader,
  selection: JournalSelection,
  { after, before, limit }: SliceBounds,
): Promise<JournalList> {
  const entryType = selection.entryType === 'UNKNOWN' ? undefined : (selection.entryType ?? undefined);
  const common = { after: after ?? undefined, before: before ?? undefined, entryType, limit };
  const statuses = statusesToRequest(selection.status);
  const lists = await Promise.all(
    upstreamFilters(reader.principal, selection.sides).map((side) =>
      readStatuses(reader, { ...common, ...side }, statuses),
    ),
  );
  const byId = new Map<string, Journal>();
  for (const { journals } of lists) for (const journal of journals) byId.set(journal.id, journal);
  // Two lists may contain the same journal. One without an id is identified by all its readable fields.
  const unread = new Map(
    lists.flatMap((list) => list.unreadable ?? []).map((journal) => [journal.id ?? JSON.stringify(journal), journal]),
  );
  const isRestricted = !seesAllAccounts(reader.principal);
  const isOwn = (listed: ListedJournal) => {
    if (!matches(selection, listed)) return false;
    if (!isRestricted) return true;
    const journal = isUnreadable(listed) ? sidesOfUnreadable(listed) : listed;
    return authorize(reader.principal, { kind: 'readJournal', journal });
  };
  return {
    journals: [...byId.values()].filter(isOwn),
    unreadable: [...unread].filter(([id, journal]) => !byId.has(id) && isOwn(journal)).map(([, journal]) => journal),
    complete: lists.every((list) => list.complete),
  };
}

/**
 * One call per status, in the order in which journals pass through them: a journal whose status changes meanwhile is
 * found in its new status, if not in the old one. Parallel calls could miss it in both.
 */
async function readStatuses(
  { shared, principal, signal }: SliceReader,
  listing: JournalListing,
  statuses: readonly JournalListing['status'][],
): Promise<JournalList> {
  const unreadable: UnreadableJournal[] = [];
  const all: JournalList = { journals: [], unreadable, complete: true };
  for (const status of statuses) {
    const list = await shared.list(principal, { ...listing, status }, signal);
    for (const journal of list.journals) all.journals.push(journal);
    unreadable.push(...(list.unreadable ?? []));
    all.complete &&= list.complete;
  }
  return all;
}

/** The API takes one status per call and has no `unknown`, which takes an unfiltered call. */
function statusesToRequest(wanted: JournalSelection['status']): JournalListing['status'][] {
  if (!wanted || wanted.includes('unknown')) return [undefined];
  return journalStatuses.filter((status) => wanted.includes(status));
}

function matches(
  { status, entryType, createdAfter, createdBefore, sides }: JournalSelection,
  journal: ListedJournal,
): boolean {
  // Fields that are missing or unreadable have passed the API's own filter, which is all that can be checked.
  const { createdAt } = journal;
  const day = createdAt === null || (!createdAfter && !createdBefore) ? null : dayOfInstant(createdAt);
  return (
    (!status || journal.status === null || status.includes(journal.status)) &&
    (!entryType || journal.entryType === null || journal.entryType === entryType) &&
    (day === null || ((!createdAfter || day >= createdAfter) && (!createdBefore || day <= createdBefore))) &&
    sides.some(
      ({ fromAccount, toAccount }) => isSide(journal.fromAccount, fromAccount) && isSide(journal.toAccount, toAccount),
    )
  );
}

function isSide(found: string | null, wanted: string | undefined): boolean {
  return wanted === undefined || found === null || found.toLowerCase() === wanted;
}
