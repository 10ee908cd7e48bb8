import { authorize } from '../auth/authorize.ts';
import { askedSides } from '../auth/restrictToOwnAccounts.ts';
import type { Sides } from '../auth/restrictToOwnAccounts.ts';
import type { Principal } from '../auth/principal.ts';
import { dayOfInstant } from '../domain/instant.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import { journalStatuses } from '../domain/journal.ts';
import type { JournalEntryType, JournalStatus } from '../domain/journal.ts';
import { isUnreadable, sidesOfUnreadable } from '../domain/unreadableJournal.ts';
import type { ListedJournal, UnreadableJournal } from '../domain/unreadableJournal.ts';
import type { JournalListing } from '../upstream/journals/journalListing.ts';
import type { JournalList } from '../upstream/journals/JournalsClient.ts';

import type { SharedReads } from './SharedReads.ts';

/** Which journals a list is about. Absent or null doesn't filter; an empty list matches nothing. */
export interface JournalSelection {
  createdAfter?: CalendarDate | null | undefined;
  createdBefore?: CalendarDate | null | undefined;
  status?: readonly JournalStatus[] | null | undefined;
  entryType?: JournalEntryType | null | undefined;
  /** A journal matches when it matches any of these. */
  sides: readonly Sides[];
}

/** Days to ask the API for, null without bound. Ask wider than needed: its zone and inclusiveness are undocumented. */
export interface SliceBounds {
  after: CalendarDate | null;
  before: CalendarDate | null;
  /** How many journals one call may bring. */
  limit: number;
}

export interface SliceReader {
  shared: SharedReads;
  principal: Principal;
  signal: AbortSignal | undefined;
}

/**
 * All journals of a selection between two days, each once, without any order; the API's filters are used where they
 * are sure and everything is checked again here.
 */
export async function readJournalSlice(
  reader: SliceReader,
  selection: JournalSelection,
  { after, before, limit }: SliceBounds,
): Promise<JournalList> {
  const entryType = selection.entryType === 'UNKNOWN' ? undefined : (selection.entryType ?? undefined);
  const common = { after: after ?? undefined, before: before ?? undefined, entryType, limit };
  const statuses = statusesToAsk(selection.status);
  const lists = await Promise.all(
    askedSides(reader.principal, selection.sides).map((side) => readStatuses(reader, { ...common, ...side }, statuses)),
  );
  const byId = new Map(lists.flatMap((list) => list.journals).map((journal) => [journal.id, journal]));
  // Two lists may bring the same one, and what has no id is told by all that can be read of it.
  const unread = new Map(
    lists.flatMap((list) => list.unreadable ?? []).map((journal) => [journal.id ?? JSON.stringify(journal), journal]),
  );
  const isOwn = (listed: ListedJournal) => {
    const journal = isUnreadable(listed) ? sidesOfUnreadable(listed) : listed;
    return matches(selection, listed) && authorize(reader.principal, { kind: 'readJournal', journal });
  };
  return {
    journals: [...byId.values()].filter(isOwn),
    unreadable: [...unread].filter(([id, journal]) => !byId.has(id) && isOwn(journal)).map(([, journal]) => journal),
    complete: lists.every((list) => list.complete),
  };
}

/**
 * One call per status, one after the other in the order in which journals move through them: a journal that moves on
 * meanwhile is met in its new status, if not in its old one. Side by side it could be missed in both.
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
    all.journals.push(...list.journals);
    unreadable.push(...(list.unreadable ?? []));
    all.complete &&= list.complete;
  }
  return all;
}

/** The API takes one status a call and doesn't know `unknown`: that one is found among all. */
function statusesToAsk(wanted: JournalSelection['status']): JournalListing['status'][] {
  if (!wanted || wanted.includes('unknown')) return [undefined];
  return journalStatuses.filter((status) => wanted.includes(status));
}

function matches(
  { status, entryType, createdAfter, createdBefore, sides }: JournalSelection,
  journal: ListedJournal,
): boolean {
  // What the API doesn't date, or what can't be read, was let through by the API's own filter; that has to do.
  const day = journal.createdAt === null ? null : dayOfInstant(journal.createdAt);
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
