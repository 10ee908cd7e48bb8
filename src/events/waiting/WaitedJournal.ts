import { SmallSet } from '../../concurrency/SmallSet.ts';
import { asJournalStatus, journalStatuses, progressOf } from '../../domain/journal.ts';
import type { Journal, JournalStatus } from '../../domain/journal.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { steadyNow } from '../../upstream/transport/ApiClock.ts';

/** A journal as it was at a moment. */
export interface JournalSnapshot {
  journal: Journal;
  /** A subscription that starts after this cursor gets every event later than this state of the journal. */
  cursor: string;
  /** When the read of it began, by `steadyNow`. */
  startedMs: number;
  /** The status comes from an event. Events don't contain the dates and the price, which may have changed with it. */
  isStatusOnly?: boolean;
}

export function isUnderWay(status: JournalStatus): boolean {
  return progressOf(status) === 'UNDER_WAY';
}

/** What is known of a journal that somebody waits for. All who wait for the journal share it. */
export class WaitedJournal {
  readonly id: string;
  followers = 0;
  /** When the journal was last read, by `steadyNow`. */
  readMs = steadyNow();
  #read: JournalSnapshot | null = null;
  /** The status of its last event, as the API spells it. */
  #rawStatus: string | undefined;
  #cursor: string | null = null;
  /** Are told of every change. */
  readonly waits = new SmallSet<{ check: () => void }>();

  /** @param rawStatus of its last event so far; undefined if there was none recently */
  constructor(id: string, rawStatus: string | undefined) {
    this.id = id;
    this.#rawStatus = rawStatus;
  }

  noteEvent({ rawStatusTo }: JournalStatusEvent, cursor: string): void {
    this.#rawStatus = rawStatusTo;
    this.#cursor = cursor;
    this.#notify();
  }

  noteRead(snapshot: JournalSnapshot): void {
    this.#read = snapshot;
    this.#notify();
  }

  /**
   * The later of the two reads. If the last event has a later status, that status replaces the one of the read, because a
   * read may lag behind the events.
   */
  latest(own: JournalSnapshot): JournalSnapshot {
    const base = this.#read && this.#read.startedMs > own.startedMs ? this.#read : own;
    const { journal } = base;
    const rawStatus = this.#rawStatus;
    if (rawStatus === undefined || !isUnderWay(journal.status)) return base;
    const status = asJournalStatus(rawStatus);
    if (!isFurther(status, journal.status)) return base;
    return {
      ...base,
      journal: { ...journal, status, rawStatus },
      cursor: this.#cursor ?? base.cursor,
      isStatusOnly: true,
    };
  }

  #notify(): void {
    for (const wait of this.waits) wait.check();
  }
}

/** @param than a status that is under way */
function isFurther(status: JournalStatus, than: JournalStatus): boolean {
  if (status === 'unknown' || than === 'unknown') return status === 'unknown';
  return journalStatuses.indexOf(status) > journalStatuses.indexOf(than);
}
