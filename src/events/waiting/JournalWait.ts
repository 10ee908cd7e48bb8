import type { SharedTimer } from '../../concurrency/SharedTimer.ts';

import { isUnderWay } from './WaitedJournal.ts';
import type { JournalSnapshot, WaitedJournal } from './WaitedJournal.ts';

export interface WaitingClient {
  readonly timeoutMs: number;
  /** Called once when the wait has ended, with the latest known state of the journal. */
  ended: (latest: JournalSnapshot) => void;
}

/** What all waits have in common. */
export interface WaitParts {
  readonly timer: SharedTimer;
  /** Returns the cursor after everything that the feed has delivered; null while an event is on its way. */
  readonly feedCursor: () => string | null;
}

/** One client's wait until the journal is no longer under way, the timeout has passed, or `end` is called. */
export class JournalWait {
  readonly #parts: WaitParts;
  readonly #waited: WaitedJournal;
  readonly #own: JournalSnapshot;
  readonly #client: WaitingClient;
  #isOver = false;

  constructor(parts: WaitParts, waited: WaitedJournal, own: JournalSnapshot, client: WaitingClient) {
    this.#parts = parts;
    this.#waited = waited;
    this.#own = own;
    this.#client = client;
  }

  /** Starts the wait, unless the wait has already been ended. */
  begin(): void {
    if (this.#isOver) return;
    this.#parts.timer.add(this.end, this.#client.timeoutMs);
    this.#waited.waits.add(this);
    this.check();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Must be called when something new is known about the journal. Ends the wait if the journal is no longer under way.
   */
  check(): void {
    const latest = this.#waited.latest(this.#own);
    if (!isUnderWay(latest.journal.status)) this.#end(latest);
  }

  /** Ends the wait early, for instance when the client has disconnected. */
  readonly end = (): void => {
    const latest = this.#waited.latest(this.#own);
    // `latest` includes every event up to the feed's position, so a subscription need not repeat these events.
    this.#end({ ...latest, cursor: this.#parts.feedCursor() ?? latest.cursor });
  };

  #end(latest: JournalSnapshot): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.timer.delete(this.end, this.#client.timeoutMs);
    this.#waited.waits.delete(this);
    this.#client.ended(latest);
  }
}
