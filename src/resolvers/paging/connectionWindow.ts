import type { Journal } from '../../domain/journal.ts';
import type { UnreadableJournal } from '../../domain/unreadableJournal.ts';
import { ContractBrokenError } from '../../errors/faults.ts';

import { Connection } from './Connection.ts';
import {
  comparePlaces,
  dayOfPlace,
  decodeJournalCursor,
  encodeJournalCursor,
  placeOf,
  sortedByPlace,
} from './journalOrder.ts';
import type { JournalPlace } from './journalOrder.ts';
import { JournalWindow } from './JournalWindow.ts';
import type { DayRange } from './DaySlices.ts';
import type { JournalWindowOptions, ReadSlice } from './JournalWindow.ts';
import { maxPageSize, readPageRequest } from './pageArguments.ts';
import type { ConnectionArguments } from './pageArguments.ts';

export class JournalPage extends Connection<Journal> {
  /** The unreadable journals whose position is on this page. */
  readonly unreadable: readonly UnreadableJournal[];

  constructor(
    journals: readonly Journal[],
    unreadable: readonly UnreadableJournal[],
    hasMore: { hasNextPage: boolean; hasPreviousPage: boolean },
  ) {
    super(journals, encodeJournalCursor, hasMore);
    this.unreadable = unreadable;
  }
}

/**
 * Reads one page of a list of journals, newest first, as defined by the Relay cursor connections specification. A
 * cursor is a position in the order, not a row, so no journal is repeated or skipped if others are created between the
 * reads of two pages. An unreadable journal does not count towards the page size; it is listed on the page of its
 * position.
 *
 * @throws BadUserInputError | Fault
 */
export async function connectionWindow(
  args: ConnectionArguments,
  readSlice: ReadSlice,
  days: DayRange,
  options: JournalWindowOptions,
): Promise<JournalPage> {
  const { direction, count } = readPageRequest(args);
  const after = args.after == null ? null : decodeJournalCursor('after', args.after);
  const before = args.before == null ? null : decodeJournalCursor('before', args.before);
  const isBetween = (place: JournalPlace) =>
    (!after || comparePlaces(place, after) > 0) && (!before || comparePlaces(place, before) < 0);
  const between = (journals: Journal[]) =>
    after || before ? journals.filter((journal) => isBetween(placeOf(journal))) : journals;
  const window = new JournalWindow(readSlice, options);

  const isForward = direction === 'forward';
  const range = clip(days, { newest: after && dayOfPlace(after), oldest: before && dayOfPlace(before) });
  await window.read(range, isForward ? 'older' : 'newer', (journals) => between(journals).length > count);

  const found = sortedByPlace(between(window.journals));
  const page = isForward ? found.slice(0, count) : found.slice(Math.max(0, found.length - count));
  const hasMore = found.length > count;
  // Whether there are journals on the other side of the cursor. Its own journal, which counts, is usually among those
  // read.
  const cursor = isForward ? after : before;
  const hasBeyondCursor =
    cursor !== null && (await hasBeyond(cursor, isForward ? -1 : 1, window, readSlice, days, options));
  // If another page follows, this one ends at its last journal.
  const end = isForward ? page.at(-1) : page[0];
  const isOnPage = (place: JournalPlace) =>
    !hasMore || (end !== undefined && comparePlaces(place, placeOf(end)) * (isForward ? 1 : -1) <= 0);
  const unreadable = sortedByPlace(
    window.unreadable.filter((journal) => isBetween(placeOf(journal)) && isOnPage(placeOf(journal))),
  );
  assertFew(unreadable);
  const [hasNextPage, hasPreviousPage] = isForward ? [hasMore, hasBeyondCursor] : [hasBeyondCursor, hasMore];
  return new JournalPage(page, unreadable, { hasNextPage, hasPreviousPage });
}

/**
 * Fails the whole list if there are more unreadable journals than fit on a page, which means that the API has changed.
 */
function assertFew(unreadable: readonly UnreadableJournal[]): void {
  const [first] = unreadable;
  if (!first || unreadable.length <= maxPageSize) return;
  throw new ContractBrokenError(
    `${unreadable.length} journals on this page can't be read; the first is journal ${first.id ?? '?'} ${first.problem}`,
  );
}

/** Whether a journal is at the position or beyond it: before it in the list (-1) or after it (1). */
async function hasBeyond(
  place: JournalPlace,
  side: -1 | 1,
  window: JournalWindow,
  readSlice: ReadSlice,
  days: DayRange,
  options: JournalWindowOptions,
): Promise<boolean> {
  const isBeyond = (journal: Journal) => comparePlaces(placeOf(journal), place) * side >= 0;
  if (window.seen.some((journals) => journals.some(isBeyond))) return true;
  const other = new JournalWindow(readSlice, options);
  const day = dayOfPlace(place);
  const range = clip(days, side === -1 ? { oldest: day, newest: null } : { newest: day, oldest: null });
  await other.read(range, side === -1 ? 'newer' : 'older', (journals) => journals.some(isBeyond));
  return other.journals.some(isBeyond);
}

function clip(days: DayRange, cursor: DayRange): DayRange {
  const { oldest, newest } = days;
  return {
    oldest: oldest !== null && (cursor.oldest === null || oldest > cursor.oldest) ? oldest : cursor.oldest,
    newest: newest !== null && (cursor.newest === null || newest < cursor.newest) ? newest : cursor.newest,
  };
}
