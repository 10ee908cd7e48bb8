import { BadUserInputError } from '../../errors/BadUserInputError.ts';
import { instantKey, isInstant, sortAsText } from '../../domain/instant.ts';
import type { CalendarDate } from '../../domain/calendarDate.ts';
import type { Journal } from '../../domain/journal.ts';
import type { ListedJournal } from '../../domain/unreadableJournal.ts';
import { decodeCursor, encodeCursor } from '../../domain/opaqueCursor.ts';

/**
 * The position of a journal in every list: undated journals first, then newest to oldest, and by id if the times are
 * equal.
 */
export interface JournalPlace {
  /** Sorts like the creation time; for an undated journal, sorts after every time. */
  key: string;
  id: string;
}

const undated = '~';

/**
 * Returns the position of a journal. An unreadable journal is placed by its date and id as far as they are readable.
 */
export function placeOf({ id, createdAt }: Pick<ListedJournal, 'id' | 'createdAt'>): JournalPlace {
  return { key: createdAt === null ? undated : instantKey(createdAt), id: id ?? '' };
}

type Placed = Pick<ListedJournal, 'id' | 'createdAt'>;

/** Sorts items in the order of the list. Computes each position only once, since sorting needs it many times. */
export function sortedByPlace<Item extends Placed>(items: readonly Item[]): Item[] {
  // Most lists arrive in order. Checking that needs no position objects, which would have to be garbage-collected.
  if (items.every((item, at) => at === 0 || isInOrder(items[at - 1] ?? item, item))) return [...items];
  const placed = items.map((item) => {
    const { key, id } = placeOf(item);
    return { key, id, item };
  });
  return placed.sort(comparePlaces).map(({ item }) => item);
}

function isInOrder(first: Placed, second: Placed): boolean {
  const [newer, older] = [first.createdAt, second.createdAt];
  if (newer === older) return (first.id ?? '') <= (second.id ?? '');
  if (newer !== null && older !== null && sortAsText(newer, older)) return newer > older;
  return comparePlaces(placeOf(first), placeOf(second)) <= 0;
}

/** Negative if the first precedes the second in the list. */
export function comparePlaces(first: JournalPlace, second: JournalPlace): number {
  if (first.key !== second.key) return first.key > second.key ? -1 : 1;
  return first.id < second.id ? -1 : first.id > second.id ? 1 : 0;
}

/** The day on which the journal was created; null if it is undated. */
export function dayOfPlace({ key }: JournalPlace): CalendarDate | null {
  return key === undated ? null : key.slice(0, 10);
}

const version = 'j1';

export function encodeJournalCursor(journal: Pick<Journal, 'id' | 'createdAt'>): string {
  return encodeCursor([version, journal.createdAt, journal.id]);
}

/** @throws BadUserInputError naming the argument */
export function decodeJournalCursor(argument: 'after' | 'before', cursor: string): JournalPlace {
  const [found, createdAt, id] = decodeCursor(cursor);
  const isCreatedAt = createdAt === null || (typeof createdAt === 'string' && isInstant(createdAt));
  if (found !== version || !isCreatedAt || typeof id !== 'string') {
    throw new BadUserInputError(`${argument} is not a cursor of a journal; pass a cursor from this connection`);
  }
  return placeOf({ id, createdAt });
}
