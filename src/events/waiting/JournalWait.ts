import type { SharedTimer } from '../../concurrency/SharedTimer.ts';

import { isUnderWay } from './WaitedJournal.ts';
import type { JournalSnapshot, WaitedJournal } from './WaitedJournal.ts';

export interface WaitingClient {
  readonly timeoutMs: number;
  /** Is called once, with the latest that is known of the journal. */
  ended: (latest: JournalSnapshot) => void;
}

/** What all waits share. */
export interface WaitParts {
  readonly timer: SharedTimer;
  /** The cursor of everything that the feed has delivered; null while something is on its way. */
  readonly feedCursor: () => string | null;
}

/** One client's wait, until the journal is no longer under way, the time is over or something else ends it. */
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

  /** Does nothing if it has been ended before. */
  begin(): void {
    if (this.#isOver) return;
    this.#parts.timer.add(this.end, this.#client.timeoutMs);
    this.#waited.waits.add(this);
    this.check();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** To be called when something new is known. */
  check(): void {
    const latest = this.#waited.latest(this.#own);
    if (!isUnderWay(latest.journal.status)) this.#end(latest);
  }

  /** Ends the wait early, for instance when the client has disconnected. */
  readonly end = (): void => {
    const latest = this.#waited.latest(this.#own);
    // Everything up to the feed's position is in `latest`, so a subscription need not repeat it.
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
