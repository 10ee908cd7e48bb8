import { addDays, daysBetween } from '../../domain/calendarDate.ts';
import type { CalendarDate } from '../../domain/calendarDate.ts';
import { dayOfInstant } from '../../domain/instant.ts';
import type { Instant } from '../../domain/instant.ts';
import type { SliceBounds } from '../../loaders/readJournalSlice.ts';
import { maxListed } from '../../upstream/journals/journalListing.ts';

/** Days, both inclusive; null for no bound. */
export interface DayRange {
  oldest: CalendarDate | null;
  newest: CalendarDate | null;
}

export type Direction = 'older' | 'newer';

/** The result of a call for the days of a slice. */
export interface SliceRead {
  /** Whether the call has returned all journals of these days. */
  complete: boolean;
  /** Whether there are journals but none of them has a date, so that they can't be divided by days. */
  isUndated: boolean;
  /** Keeps what was read. Called only if the result is complete. */
  keep: () => void;
}

export interface DaySlicesOptions {
  /** Today in UTC, from which slices go back if the range has no newest day. */
  today: CalendarDate;
  /** The maximum number of journals that a call may return. If there are more, a narrower slice is requested. */
  probeLimit: number;
  /** Requests a slice; the bounds are wider than the slice. */
  read: (slice: DayRange, bounds: SliceBounds) => Promise<SliceRead>;
  /** Called for days that have more journals than the API lists. Unless it throws, these days are left out. */
  onTooMany: (slice: DayRange) => void;
}

/** A slice of a range, and the remaining range. */
type Cut = [slice: DayRange, rest: DayRange | null];

/**
 * How many days are added to each request on both sides of a slice, since the API documents neither the time zone of
 * days nor whether bounds are inclusive.
 */
const margin = 2;
/** The factor by which slices widen, and the number of parts into which a slice with too many journals is divided. */
const growth = 4;
/** A day before the oldest possible journal. */
const firstDay = '2000-01-01';
/** The maximum number of days in a slice. A wider slice is read without a bound, since hardly any journal is older. */
const widest = growth ** 6;

/**
 * Reads days from an endpoint that has neither pages nor an order. The first call requests the whole range, with a
 * limit, which suffices for a short history. A longer history is read in slices of days, from one end to the other.
 */
export class DaySlices {
  readonly #options: DaySlicesOptions;

  constructor(options: DaySlicesOptions) {
    this.#options = options;
  }

  /** Reads from one end of the range towards the other, until `isEnough` returns true or the end is reached. */
  async read(range: DayRange, towards: Direction, isEnough: () => boolean): Promise<void> {
    if (await this.#readAtOnce(range)) return;
    let left: DayRange | null = range;
    for (let width = 1; left && !isEnough(); width *= growth) {
      const [slice, rest]: Cut = this.#cut(left, width, towards);
      await this.#readWhole(slice, towards, isEnough);
      left = rest;
    }
  }

  /** Tries to read the whole range in one call. Returns whether the range is done. */
  async #readAtOnce(range: DayRange): Promise<boolean> {
    const sample = await this.#request(range, this.#options.probeLimit);
    // Undated journals can't be divided by day, so all of them are read.
    const all = !sample.complete && sample.isUndated ? await this.#request(range, maxListed) : sample;
    if (all.complete) all.keep();
    else if (sample.isUndated) this.#options.onTooMany(range);
    else return false;
    return true;
  }

  /** Reads a slice in one call or, if it has too many journals, in parts, beginning with the nearest part. */
  async #readWhole(slice: DayRange, towards: Direction, isEnough: () => boolean): Promise<void> {
    const days = this.#days(slice);
    const read = await this.#request(slice, days === 1 ? maxListed : this.#options.probeLimit);
    if (read.complete) {
      read.keep();
      return;
    }
    // Without the second condition, an API that ignores dates would make this loop go back forever.
    if (days === 1 || (slice.newest !== null && slice.newest < firstDay)) {
      this.#options.onTooMany(slice);
      return;
    }
    const width = days === Infinity ? widest : Math.ceil(days / growth);
    let left: DayRange | null = slice;
    while (left && !isEnough()) {
      const [part, rest]: Cut = left.oldest === null && left !== slice ? [left, null] : this.#cut(left, width, towards);
      await this.#readWhole(part, towards, isEnough);
      left = rest;
    }
  }

  #request(slice: DayRange, limit: number): Promise<SliceRead> {
    const { oldest, newest } = slice;
    return this.#options.read(slice, {
      after: oldest && addDays(oldest, -margin),
      before: newest && addDays(newest, margin),
      limit,
    });
  }

  /** The number of days in a range. A range up to now has no newest day, since the API's clock may be ahead. */
  #days({ oldest, newest }: DayRange): number {
    return oldest === null ? Infinity : Math.max(1, daysBetween(oldest, newest ?? this.#options.today) + 1);
  }

  /** Cuts the nearest days off a range; the rest is null if nothing remains. */
  #cut(range: DayRange, width: number, towards: Direction): Cut {
    const { today } = this.#options;
    const { newest } = range;
    // Reading towards newer days needs an oldest day.
    const oldest = range.oldest ?? (towards === 'newer' ? today : null);
    if (width > widest || width >= this.#days({ oldest, newest })) return [{ oldest, newest }, null];
    if (towards === 'newer' && oldest !== null) {
      const end = addDays(oldest, width - 1);
      return [
        { oldest, newest: end },
        { oldest: addDays(end, 1), newest },
      ];
    }
    const start = addDays(newest ?? today, 1 - width);
    return [
      { oldest: start, newest },
      { oldest, newest: addDays(start, -1) },
    ];
  }
}

/**
 * Whether a journal belongs to the slice: days in the margin of a request may be incomplete. Undated journals belong to
 * the slice with the newest days of the whole range, even if the response for older days contains them.
 *
 * @param createdAt null for an undated journal
 * @param newest the newest day of the whole range
 */
export function isInSlice(createdAt: Instant | null, slice: DayRange, newest: CalendarDate | null): boolean {
  if (createdAt === null) return slice.newest === newest;
  if (slice.oldest === null && slice.newest === null) return true;
  const day = dayOfInstant(createdAt);
  return (slice.oldest === null || day >= slice.oldest) && (slice.newest === null || day <= slice.newest);
}
