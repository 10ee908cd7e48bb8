import { daysBetween } from '../../domain/calendarDate.ts';
import type { CalendarDate } from '../../domain/calendarDate.ts';
import type { Journal } from '../../domain/journal.ts';
import type { ListedJournal, UnreadableJournal } from '../../domain/unreadableJournal.ts';
import type { SliceBounds } from '../../loaders/readJournalSlice.ts';
import { TooManyJournalsError } from '../../errors/faults.ts';
import { maxListed } from '../../upstream/journals/journalListing.ts';
import type { JournalList } from '../../upstream/journals/JournalsClient.ts';

import { DaySlices, isInSlice } from './DaySlices.ts';
import type { DayRange, Direction, SliceRead } from './DaySlices.ts';

export type ReadSlice = (bounds: SliceBounds) => Promise<JournalList>;

export interface JournalWindowOptions {
  /** Today in UTC, from which slices go back if the range has no newest day. */
  today: CalendarDate;
  /**
   * The maximum number of journals that a call may return. If there are more, a narrower slice is requested. Default
   * 1,000.
   */
  probeLimit?: number | undefined;
}

/**
 * The journals of a window of days. The window is widened until its reader has enough journals, so that the cost of a
 * page depends on the size of the page and not of the history.
 */
export class JournalWindow {
  readonly #readSlice: ReadSlice;
  readonly #slices: DaySlices;
  /** The journals of each call, including those of days that were not read completely. */
  readonly seen: (readonly Journal[])[] = [];
  /** Journals of the days that were read completely. */
  readonly #complete = new Map<string, Journal>();
  readonly #unreadable = new Map<string, UnreadableJournal>();
  #newest: CalendarDate | null = null;

  constructor(readSlice: ReadSlice, { today, probeLimit = 1_000 }: JournalWindowOptions) {
    this.#readSlice = readSlice;
    const read = (slice: DayRange, bounds: SliceBounds) => this.#read(slice, bounds);
    this.#slices = new DaySlices({ today, probeLimit, read, onTooMany: refuse });
  }

  get journals(): Journal[] {
    return [...this.#complete.values()];
  }

  /** Unreadable journals of the days that were read completely. */
  get unreadable(): UnreadableJournal[] {
    return [...this.#unreadable.values()];
  }

  /**
   * Reads from one end of the range towards the other, until `enough` returns true or the end is reached.
   *
   * @throws TooManyJournalsError if a single day has more journals than the API lists
   */
  read(range: DayRange, towards: Direction, enough: (journals: Journal[]) => boolean): Promise<void> {
    this.#newest = range.newest;
    return this.#slices.read(range, towards, () => enough(this.journals));
  }

  async #read(slice: DayRange, bounds: SliceBounds): Promise<SliceRead> {
    const { journals, unreadable = [], complete } = await this.#readSlice(bounds);
    this.seen.push(journals);
    const isUndated = ({ createdAt }: ListedJournal) => createdAt === null;
    const hasJournals = journals.length + unreadable.length > 0;
    return {
      complete,
      isUndated: hasJournals && journals.every(isUndated) && unreadable.every(isUndated),
      keep: () => this.#keep(journals, unreadable, slice),
    };
  }

  #keep(journals: readonly Journal[], unreadable: readonly UnreadableJournal[], slice: DayRange): void {
    const isInside = ({ createdAt }: ListedJournal) => isInSlice(createdAt, slice, this.#newest);
    for (const journal of journals) if (isInside(journal)) this.#complete.set(journal.id, journal);
    for (const journal of unreadable)
      if (isInside(journal)) this.#unreadable.set(journal.id ?? JSON.stringify(journal), journal);
  }
}

function refuse({ oldest, newest }: DayRange): never {
  const days = oldest !== null && newest !== null ? daysBetween(oldest, newest) + 1 : null;
  const where =
    days === 1 && oldest !== null ? `on ${oldest}` : `from ${oldest ?? 'the first'} to ${newest ?? 'the last'}`;
  throw new TooManyJournalsError(
    `more than ${maxListed} journals match ${where}, the most that the API lists: filter by account, status or entry type`,
  );
}
