import { isUnderWay } from './WaitedJournal.ts';
import type { JournalSnapshot, WaitedJournal } from './WaitedJournal.ts';

/** One client's wait. Thousands may last for minutes, so it is little more than a promise and a timer. */
export class JournalWait {
  readonly #waited: WaitedJournal;
  readonly #own: JournalSnapshot;
  readonly #timer: NodeJS.Timeout;
  #resolve!: (latest: JournalSnapshot) => void;
  /** The latest that is known of the journal, when it is no longer under way or the wait has ended. */
  readonly result = new Promise<JournalSnapshot>((resolve) => (this.#resolve = resolve));
  /** The cursor of everything that the feed has delivered; null while something is on its way. */
  readonly #feedCursor: () => string | null;

  constructor(waited: WaitedJournal, own: JournalSnapshot, timeoutMs: number, feedCursor: () => string | null) {
    this.#waited = waited;
    this.#own = own;
    this.#feedCursor = feedCursor;
    this.#timer = setTimeout(this.end, timeoutMs);
    waited.waits.add(this);
    this.check();
  }

  /** To be called when something new is known. */
  check(): void {
    const latest = this.#waited.latest(this.#own);
    if (!isUnderWay(latest.journal.status)) this.#finish(latest);
  }

  /** Ends the wait early, for instance when the client has disconnected. */
  readonly end = (): void => {
    const latest = this.#waited.latest(this.#own);
    // Everything up to the feed's position is in `latest`, so a subscription need not repeat it.
    this.#finish({ ...latest, cursor: this.#feedCursor() ?? latest.cursor });
  };

  #finish(snapshot: JournalSnapshot): void {
    clearTimeout(this.#timer);
    this.#waited.waits.delete(this);
    this.#resolve(snapshot);
  }
}
