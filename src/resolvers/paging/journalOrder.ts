import { BadUserInputError } from '../../errors/BadUserInputError.ts';
import { instantKey, isInstant } from '../../domain/instant.ts';
import type { CalendarDate } from '../../domain/calendarDate.ts';
import type { Journal } from '../../domain/journal.ts';
import type { ListedJournal } from '../../domain/unreadableJournal.ts';
import { decodeCursor, encodeCursor } from '../../domain/opaqueCursor.ts';

/** A journal's place in every list: newest first, what has no creation time yet before all, then by id. */
export interface JournalPlace {
  /** Sorts as the creation times do; above all of them where there is none. */
  key: string;
  id: string;
}

const undated = '~';

/** Sorting asks again and again, and so does each list of one operation that shares its journals with others. */
const known = new WeakMap<object, JournalPlace>();

/** What can't be read stands where its date and its id say, as far as it has them. */
export function placeOf(journal: Pick<ListedJournal, 'id' | 'createdAt'>): JournalPlace {
  const found = known.get(journal);
  if (found) return found;
  const { id, createdAt } = journal;
  const place = { key: createdAt === null ? undated : instantKey(createdAt), id: id ?? '' };
  known.set(journal, place);
  return place;
}

/** Below zero when the first stands before the second in the list. */
export function comparePlaces(first: JournalPlace, second: JournalPlace): number {
  if (first.key !== second.key) return first.key > second.key ? -1 : 1;
  return first.id < second.id ? -1 : first.id > second.id ? 1 : 0;
}

/** The day on which the journal was created; null where there is no creation time. */
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
    throw new BadUserInputError(`${argument} is not a cursor of a journal; pass one that this connection gave`);
  }
  return placeOf({ id, createdAt });
}
