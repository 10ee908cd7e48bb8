import { addDays, daysBetween } from '../domain/calendarDate.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Journal } from '../domain/journal.ts';
import type { SliceBounds } from '../loaders/readJournalSlice.ts';
import { TooManyJournalsError } from '../upstream/faults.ts';
import type { JournalList } from '../upstream/JournalsClient.ts';

import { dayOfPlace, placeOf } from './journalOrder.ts';

export type ReadSlice = (bounds: SliceBounds) => Promise<JournalList>;

/** The days that may matter, both inclusive; null without bound. */
export interface DayRange {
  oldest: CalendarDate | null;
  newest: CalendarDate | null;
}

export interface JournalWindowOptions {
  /** Today, by UTC: where reading backwards begins when nothing else says so. */
  today: CalendarDate;
  /** How many journals a call may bring before a narrower slice of days is asked for. Default 1,000. */
  probeLimit?: number | undefined;
}

/** What the API lists at most; above it, it answers 422. */
const mostListed = 100_000;
/** Added on both sides of every slice, in days: the API's zone and whether its bounds are inclusive are undocumented. */
const margin = 2;
/** A slice that wasn't enough is followed by one this many times as wide; one that was too much, by one as much narrower. */
const growth = 8;
/** Days beyond which a slice has no bound at all: no journal is older than the API. */
const widest = growth ** 4;

/**
 * A window of days over an endpoint without pages and without order, widened until its reader has enough.
 * First everything is asked for at once, with a limit: a short history is whole after one call. A longer one is read
 * in slices of days from one end, so that a page costs what it holds and not what the history holds.
 */
export class JournalWindow {
  readonly #readSlice: ReadSlice;
  readonly #options: { today: CalendarDate; probeLimit: number };
  /** Every journal seen, those outside of the days that were read whole included. */
  readonly seen = new Map<string, Journal>();
  /** Of the days that were read whole. */
  readonly #whole = new Map<string, Journal>();

  constructor(readSlice: ReadSlice, { today, probeLimit = 1_000 }: JournalWindowOptions) {
    this.#readSlice = readSlice;
    this.#options = { today, probeLimit };
  }

  get journals(): Journal[] {
    return [...this.#whole.values()];
  }

  /**
   * Reads from the newest day to the oldest, or the other way, until `enough` or the end.
   *
   * @throws TooManyJournalsError when even one day is more than the API lists
   */
  async read(range: DayRange, towards: 'older' | 'newer', enough: (journals: Journal[]) => boolean): Promise<void> {
    if (await this.#tryWhole(range)) return;
    const steps = towards === 'older' ? this.#olderSlice : this.#newerSlice;
    let left: DayRange | null = range;
    let width = 1;
    while (left && !enough(this.journals)) {
      const slice: DayRange = steps.call(this, left, width);
      if (await this.#add(slice, width)) {
        left = this.#rest(left, slice, towards);
        width = Math.min(width * growth, widest * growth);
      } else {
        width = Math.ceil(width / growth);
      }
    }
  }

  async #tryWhole(range: DayRange): Promise<boolean> {
    const { probeLimit } = this.#options;
    const sample = await this.#ask(range, probeLimit);
    if (sample.complete) {
      this.#keep(sample.journals, range);
      return true;
    }
    const isUndated = sample.journals.length > 0 && sample.journals.every((journal) => journal.createdAt === null);
    if (!isUndated) return false;
    // The API dates nothing: slices of days could not be told apart, so the whole is all there is.
    const all = await this.#ask(range, mostListed);
    if (!all.complete) throw tooMany(range);
    this.#keep(all.journals, range);
    return true;
  }

  /** False when the slice holds more than it should for its width. */
  async #add(slice: DayRange, width: number): Promise<boolean> {
    const isNarrowest = width === 1;
    const list = await this.#ask(slice, isNarrowest ? mostListed : this.#options.probeLimit);
    if (!list.complete) {
      if (isNarrowest) throw tooMany(slice);
      return false;
    }
    this.#keep(list.journals, slice);
    return true;
  }

  async #ask({ oldest, newest }: DayRange, limit: number): Promise<JournalList> {
    const list = await this.#readSlice({
      after: oldest && addDays(oldest, -margin),
      before: newest && addDays(newest, margin),
      limit,
    });
    for (const journal of list.journals) this.seen.set(journal.id, journal);
    return list;
  }

  /** What lies in the margin is seen, but perhaps not whole. */
  #keep(journals: Journal[], { oldest, newest }: DayRange): void {
    for (const journal of journals) {
      const day = dayOfPlace(placeOf(journal));
      const isInside = day === null || ((oldest === null || day >= oldest) && (newest === null || day <= newest));
      if (isInside) this.#whole.set(journal.id, journal);
    }
  }

  /** The newest days of what is left; a slice that reaches today has no upper bound, since clocks differ. */
  #olderSlice({ oldest, newest }: DayRange, width: number): DayRange {
    const from = newest ?? this.#options.today;
    const start = width > widest ? null : addDays(from, 1 - width);
    return { newest, oldest: start === null || (oldest !== null && start < oldest) ? oldest : start };
  }

  /** The oldest days of what is left. */
  #newerSlice({ oldest, newest }: DayRange, width: number): DayRange {
    const from = oldest ?? this.#options.today;
    const end = addDays(from, Math.min(width, widest) - 1);
    const last = newest ?? this.#options.today;
    return { oldest, newest: end >= last ? newest : end };
  }

  #rest(left: DayRange, slice: DayRange, towards: 'older' | 'newer'): DayRange | null {
    if (towards === 'older') {
      if (slice.oldest === left.oldest || slice.oldest === null) return null;
      return { oldest: left.oldest, newest: addDays(slice.oldest, -1) };
    }
    if (slice.newest === left.newest || slice.newest === null) return null;
    return { oldest: addDays(slice.newest, 1), newest: left.newest };
  }
}

function tooMany({ oldest, newest }: DayRange): TooManyJournalsError {
  const days = oldest !== null && newest !== null ? daysBetween(oldest, newest) + 1 : null;
  const where =
    days === 1 && oldest !== null ? `on ${oldest}` : `from ${oldest ?? 'the first'} to ${newest ?? 'the last'}`;
  return new TooManyJournalsError(
    `more than ${mostListed} journals match ${where}, which is all the API lists: filter by account, status or entry type`,
  );
}
