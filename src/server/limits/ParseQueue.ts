/** Shorter texts, in characters, are parsed at once: they take no noticeable time. */
const longText = 4_096;

/**
 * Lets one long text per turn of the event loop be parsed. If many arrived together and were parsed in one turn, all
 * other requests, responses and new connections would wait for them.
 */
export class ParseQueue {
  readonly #queue: (() => void)[] = [];
  #isScheduled = false;

  /** Fulfilled when a text of this length may be parsed; null if it may be parsed now. */
  waitTurn(length: number): Promise<void> | null {
    if (length < longText) return null;
    return new Promise<void>((resolve) => {
      this.#queue.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#queue.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#queue.shift()?.();
      this.#isScheduled = false;
      this.#schedule();
    });
  }
}
