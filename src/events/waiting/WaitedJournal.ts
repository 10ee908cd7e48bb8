import { SmallSet } from '../../concurrency/SmallSet.ts';
import { asJournalStatus, journalStatuses, progressOf } from '../../domain/journal.ts';
import type { Journal, JournalStatus } from '../../domain/journal.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { steadyNow } from '../../upstream/transport/ApiClock.ts';

/** The state of a journal at a moment. */
export interface JournalSnapshot {
  journal: Journal;
  /** A subscription that starts after this cursor gets every event later than this state of the journal. */
  cursor: string;
  /** When reading the journal began, by `steadyNow`. */
  startedMs: number;
  /**
   * Whether the status comes from an event. Dates and the price may have changed too, but events don't contain them.
   */
  isStatusOnly?: boolean;
}

export function isUnderWay(status: JournalStatus): boolean {
  return progressOf(status) === 'UNDER_WAY';
}

/** What is known about an awaited journal. Shared by all clients that wait for the journal. */
export class WaitedJournal {
  readonly id: string;
  followers = 0;
  /** When the journal was last read, by `steadyNow`. */
  readMs = steadyNow();
  #read: JournalSnapshot | null = null;
  /** The status of the journal's last event, as the API spells it. */
  #rawStatus: string | undefined;
  #cursor: string | null = null;
  /** The waits whose `check` is called after every change. */
  readonly waits = new SmallSet<{ check: () => void }>();

  /** @param rawStatus the status of the journal's last event so far; undefined if there was no recent event */
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
   * Returns the later of two reads: the client's own and the last shared one. If the last event has a later status,
   * that status replaces the status of the read, because reads may lag behind events.
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

/** Whether a status comes later in the life of a journal. @param than a status that is under way */
function isFurther(status: JournalStatus, than: JournalStatus): boolean {
  if (status === 'unknown' || than === 'unknown') return status === 'unknown';
  return journalStatuses.indexOf(status) > journalStatuses.indexOf(than);
}
