import { addDays, daysBetween } from '../../domain/calendarDate.ts';
import type { CalendarDate } from '../../domain/calendarDate.ts';
import { dayOfInstant } from '../../domain/instant.ts';
import type { Journal } from '../../domain/journal.ts';
import type { ListedJournal, UnreadableJournal } from '../../domain/unreadableJournal.ts';
import type { SliceBounds } from '../../loaders/readJournalSlice.ts';
import { TooManyJournalsError } from '../../errors/faults.ts';
import { maxListed } from '../../upstream/journals/journalListing.ts';
import type { JournalList } from '../../upstream/journals/JournalsClient.ts';

export type ReadSlice = (bounds: SliceBounds) => Promise<JournalList>;

/** Days, both inclusive; null for no bound. */
export interface DayRange {
  oldest: CalendarDate | null;
  newest: CalendarDate | null;
}

type Direction = 'older' | 'newer';

/** A slice of a range, and the remaining range. */
type Cut = [slice: DayRange, rest: DayRange | null];

export interface JournalWindowOptions {
  /** Today in UTC, from where slices go back if the range has no newest day. */
  today: CalendarDate;
  /** The most journals that a call may return before a narrower slice is requested. Default 1,000. */
  probeLimit?: number | undefined;
}

/** Days added on both sides of every slice, since the API documents neither its time zone nor whether bounds are inclusive. */
const margin = 2;
/** The factor by which slices widen, and the number of parts into which a slice with too many journals is divided. */
const growth = 4;
/** A day before the oldest possible journal. */
const firstDay = '2000-01-01';
/** A slice of more days than this has no bound: hardly any journal is older. */
const widest = growth ** 6;

/**
 * A window of days over an endpoint that has neither pages nor order, widened until its reader has enough journals. The
 * first call requests everything, with a limit, and completes a short history. A longer one is read in slices of days
 * from one end, so that the cost of a page depends on the page and not on the history.
 */
export class JournalWindow {
  readonly #readSlice: ReadSlice;
  readonly #today: CalendarDate;
  readonly #probeLimit: number;
  /** All journals seen, including those of days that were not read completely. */
  readonly seen = new Map<string, Journal>();
  /** Journals of the days that were read completely. */
  readonly #complete = new Map<string, Journal>();
  readonly #unreadable = new Map<string, UnreadableJournal>();
  #newest: CalendarDate | null = null;

  constructor(readSlice: ReadSlice, { today, probeLimit = 1_000 }: JournalWindowOptions) {
    this.#readSlice = readSlice;
    this.#today = today;
    this.#probeLimit = probeLimit;
  }

  get journals(): Journal[] {
    return [...this.#complete.values()];
  }

  /** Unreadable journals of the days that were read completely. */
  get unreadable(): UnreadableJournal[] {
    return [...this.#unreadable.values()];
  }

  /**
   * Reads from one end of the range to the other until `enough` or the end.
   *
   * @throws TooManyJournalsError if a single day has more journals than the API lists
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

  /** Returns true if that was the whole range. */
  async #readAtOnce(range: DayRange): Promise<boolean> {
    const sample = await this.#request(range, this.#probeLimit);
    if (sample.complete) {
      this.#keep(sample, range);
      return true;
    }
    // Undated journals can't be divided by day, so all of them are read.
    const listed = [...sample.journals, ...(sample.unreadable ?? [])];
    const isUndated = listed.length > 0 && listed.every((journal) => journal.createdAt === null);
    if (!isUndated) return false;
    const all = await this.#request(range, maxListed);
    if (!all.complete) throw tooMany(range);
    this.#keep(all, range);
    return true;
  }

  /** Reads a slice in one call or, if it has too many journals, in parts, the nearest first. */
  async #readWhole(slice: DayRange, towards: Direction, isEnough: () => boolean): Promise<void> {
    const days = this.#days(slice);
    const list = await this.#request(slice, days === 1 ? maxListed : this.#probeLimit);
    if (list.complete) {
      this.#keep(list, slice);
      return;
    }
    // An API that ignores dates would make this go back forever.
    if (days === 1 || (slice.newest !== null && slice.newest < firstDay)) throw tooMany(slice);
    const width = days === Infinity ? widest : Math.ceil(days / growth);
    let left: DayRange | null = slice;
    while (left && !isEnough()) {
      const [part, rest]: Cut = left.oldest === null && left !== slice ? [left, null] : this.#cut(left, width, towards);
      await this.#readWhole(part, towards, isEnough);
      left = rest;
    }
  }

  async #request({ oldest, newest }: DayRange, limit: number): Promise<JournalList> {
    const list = await this.#readSlice({
      after: oldest && addDays(oldest, -margin),
      before: newest && addDays(newest, margin),
      limit,
    });
    for (const journal of list.journals) this.seen.set(journal.id, journal);
    return list;
  }

  /**
   * Keeps the journals inside the range: days in the margin may be incomplete. Undated journals belong to the newest
   * days, even if an answer about older days contains them.
   */
  #keep({ journals, unreadable = [] }: JournalList, { oldest, newest }: DayRange): void {
    const isInside = ({ createdAt }: ListedJournal) => {
      if (createdAt === null) return newest === this.#newest;
      if (oldest === null && newest === null) return true;
      const day = dayOfInstant(createdAt);
      return (oldest === null || day >= oldest) && (newest === null || day <= newest);
    };
    for (const journal of journals) if (isInside(journal)) this.#complete.set(journal.id, journal);
    for (const journal of unreadable)
      if (isInside(journal)) this.#unreadable.set(journal.id ?? JSON.stringify(journal), journal);
  }

  /** The number of days in a range. The API's clock may be ahead, so a range up to now has no newest day. */
  #days({ oldest, newest }: DayRange): number {
    return oldest === null ? Infinity : Math.max(1, daysBetween(oldest, newest ?? this.#today) + 1);
  }

  /** Cuts the nearest days off a range; the rest is null if nothing remains. */
  #cut(range: DayRange, width: number, towards: Direction): Cut {
    const { newest } = range;
    // Reading towards newer days needs an oldest day.
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
    `more than ${maxListed} journals match ${where}, the most that the API lists: filter by account, status or entry type`,
  );
}
