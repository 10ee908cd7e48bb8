/** Texts with fewer characters are parsed immediately: they take no noticeable time. */
const longText = 4_096;
/** After a text that took at least this long, in ms, the next one waits. Timers are not more precise than this. */
const longMs = 1;

/**
 * Limits the parsing of long texts to one per turn of the event loop. If many arrived together and were parsed in one
 * turn, all other requests, responses and new connections would wait for them. After a text that took long, the queue
 * pauses for the same time: long texts take at most half of the processor time, however many clients send them.
 */
export class ParseQueue {
  readonly #queue: (() => void)[] = [];
  #isScheduled = false;

  /** Returns a promise that is fulfilled when a text of this length may be parsed; null if it may be parsed now. */
  waitTurn(length: number): Promise<void> | null {
    if (length < longText) return null;
    return new Promise<void>((resolve) => {
      this.#queue.push(resolve);
      this.#schedule(0);
    });
  }

  /** @param tookMs how long the last text took */
  #schedule(tookMs: number): void {
    if (this.#isScheduled || (this.#queue.length === 0 && tookMs < longMs)) return;
    this.#isScheduled = true;
    if (tookMs < longMs) setImmediate(() => this.#takeTurn());
    else setTimeout(() => this.#endPause(), tookMs);
  }

  #takeTurn(): void {
    const begunAt = performance.now();
    this.#queue.shift()?.();
    // Runs after the text has been parsed, which happens in an earlier microtask: the continuation of the promise.
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#schedule(performance.now() - begunAt);
    });
  }

  #endPause(): void {
    this.#isScheduled = false;
    this.#schedule(0);
  }
}
