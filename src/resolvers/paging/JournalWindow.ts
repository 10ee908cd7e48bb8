import { addDays, daysBetween } from '../../domain/calendarDate.ts';
import type { CalendarDate } from '../../domain/calendarDate.ts';
import type { Journal } from '../../domain/journal.ts';
import type { ListedJournal, UnreadableJournal } from '../../domain/unreadableJournal.ts';
import { isUnreadable } from '../../domain/unreadableJournal.ts';
import type { SliceBounds } from '../../loaders/readJournalSlice.ts';
import { TooManyJournalsError } from '../../errors/faults.ts';
import { maxListed } from '../../upstream/journals/journalListing.ts';
import type { JournalList } from '../../upstream/journals/JournalsClient.ts';

import { dayOfPlace, placeOf } from './journalOrder.ts';

export type ReadSlice = (bounds: SliceBounds) => Promise<JournalList>;

/** The days that may matter, both inclusive; null without bound. */
export interface DayRange {
  oldest: CalendarDate | null;
  newest: CalendarDate | null;
}

type Direction = 'older' | 'newer';

/** A slice of a range, and the rest of it. */
type Cut = [slice: DayRange, rest: DayRange | null];

export interface JournalWindowOptions {
  /** Today, by UTC: where reading backwards begins when nothing else says so. */
  today: CalendarDate;
  /** How many journals a call may bring before a narrower slice of days is asked for. Default 1,000. */
  probeLimit?: number | undefined;
}

/** Added on both sides of every slice, in days: the API's zone and whether its bounds are inclusive are undocumented. */
const margin = 2;
/** A slice that wasn't enough is followed by one this many times as wide; one that was too much is cut into as many. */
const growth = 4;
/** No journal is older than the API. */
const firstDay = '2000-01-01';
/** Days beyond which a slice has no bound at all: hardly a journal is older. */
const widest = growth ** 6;

/**
 * A window of days over an endpoint without pages and without order, widened until its reader has enough.
 * First everything is asked for at once, with a limit: a short history is whole after one call. A longer one is read
 * in slices of days from one end, so that a page costs what it holds and not what the history holds.
 */
export class JournalWindow {
  readonly #readSlice: ReadSlice;
  readonly #today: CalendarDate;
  readonly #probeLimit: number;
  /** Every journal seen, those outside of the days that were read whole included. */
  readonly seen = new Map<string, Journal>();
  /** Of the days that were read whole. */
  readonly #whole = new Map<string, Journal>();
  readonly #unreadable = new Map<string, UnreadableJournal>();
  #newest: CalendarDate | null = null;

  constructor(readSlice: ReadSlice, { today, probeLimit = 1_000 }: JournalWindowOptions) {
    this.#readSlice = readSlice;
    this.#today = today;
    this.#probeLimit = probeLimit;
  }

  get journals(): Journal[] {
    return [...this.#whole.values()];
  }

  /** Those of the same days that can't be read. */
  get unreadable(): UnreadableJournal[] {
    return [...this.#unreadable.values()];
  }

  /**
   * Reads from the newest day to the oldest, or the other way, until `enough` or the end.
   *
   * @throws TooManyJournalsError when even one day is more than the API lists
   */
  async read(range: DayRange, towards: Direction, enough: (journals: Journal[]) => boolean): Promise<void> {
    this.#newest = range.newest;
    if (await this.#readAtOnce(range)) return;
    const isEnough = () => enough(this.journals);
    let left: DayRange | null = range;
    for (let width = 1; left && !isEnough(); width *= growth) {
      const [slice, rest]: Cut = this.#cut(left, width, towards);
      await this.#readWhole(slice, towards, isEnough);
      left = rest;
    }
  }

  /** True when that was all of it. */
  async #readAtOnce(range: DayRange): Promise<boolean> {
    const sample = await this.#ask(range, this.#probeLimit);
    if (sample.complete) {
      this.#keep(sample, range);
      return true;
    }
    // Where the API dates nothing, slices of days can't be told apart: the whole is all there is.
    const listed = [...sample.journals, ...(sample.unreadable ?? [])];
    const isUndated = listed.length > 0 && listed.every((journal) => journal.createdAt === null);
    if (!isUndated) return false;
    const all = await this.#ask(range, maxListed);
    if (!all.complete) throw tooMany(range);
    this.#keep(all, range);
    return true;
  }

  /** Reads a slice in one call or, when that is too much for one, in parts, the nearest first. */
  async #readWhole(slice: DayRange, towards: Direction, isEnough: () => boolean): Promise<void> {
    const days = this.#days(slice);
    const list = await this.#ask(slice, days === 1 ? maxListed : this.#probeLimit);
    if (list.complete) {
      this.#keep(list, slice);
      return;
    }
    // An API that minds no dates would have us go back for ever.
    if (days === 1 || (slice.newest !== null && slice.newest < firstDay)) throw tooMany(slice);
    const width = days === Infinity ? widest : Math.ceil(days / growth);
    let left: DayRange | null = slice;
    while (left && !isEnough()) {
      const [part, rest]: Cut = left.oldest === null && left !== slice ? [left, null] : this.#cut(left, width, towards);
      await this.#readWhole(part, towards, isEnough);
      left = rest;
    }
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

  /**
   * What lies in the margin is seen, but perhaps not whole. What has no creation time yet belongs to the newest days:
   * an answer about older ones may bring it too, and it must not be taken for one of theirs.
   */
  #keep({ journals, unreadable = [] }: JournalList, { oldest, newest }: DayRange): void {
    for (const journal of [...journals, ...unreadable] as ListedJournal[]) {
      const day = dayOfPlace(placeOf(journal));
      if (day === null && newest !== this.#newest) continue;
      const isInside = day === null || ((oldest === null || day >= oldest) && (newest === null || day <= newest));
      if (!isInside) continue;
      if (isUnreadable(journal)) this.#unreadable.set(journal.id ?? JSON.stringify(journal), journal);
      else this.#whole.set(journal.id, journal);
    }
  }

  /** How many days a range has; the API's clock may be ahead, so one that reaches today has no newest day. */
  #days({ oldest, newest }: DayRange): number {
    return oldest === null ? Infinity : Math.max(1, daysBetween(oldest, newest ?? this.#today) + 1);
  }

  /** The first days of a range, seen from its near end, and what is left; null when nothing is. */
  #cut(range: DayRange, width: number, towards: Direction): Cut {
    const { newest } = range;
    // Towards newer there is always a day to begin with; without one, it is today.
    const oldest = range.oldest ?? (towards === 'newer' ? this.#today : null);
    if (width > widest || width >= this.#days({ oldest, newest })) return [{ oldest, newest }, null];
    if (towards === 'newer' && oldest !== null) {
      const end = addDays(oldest, width - 1);
      return [
        { oldest, newest: end },
        { oldest: addDays(end, 1), newest },
      ];
    }
    const start = addDays(newest ?? this.#today, 1 - width);
    return [
      { oldest: start, newest },
      { oldest, newest: addDays(start, -1) },
    ];
  }
}

function tooMany({ oldest, newest }: DayRange): TooManyJournalsError {
  const days = oldest !== null && newest !== null ? daysBetween(oldest, newest) + 1 : null;
  const where =
    days === 1 && oldest !== null ? `on ${oldest}` : `from ${oldest ?? 'the first'} to ${newest ?? 'the last'}`;
  return new TooManyJournalsError(
    `more than ${maxListed} journals match ${where}, which is all the API lists: filter by account, status or entry type`,
  );
}
