/** Shorter texts, in characters, are parsed at once: they take no noticeable time. */
const longText = 4_096;
/** After a text that took longer, in ms, the next one waits. Timers are not more precise. */
const longMs = 1;

/**
 * Lets one long text per turn of the event loop be parsed. If many arrived together and were parsed in one turn, all
 * other requests, responses and new connections would wait for them. After a text that took long, everything else gets as
 * much time as it took: long texts take half of the time at most, however many clients send them.
 */
export class ParseQueue {
  readonly #queue: (() => void)[] = [];
  #isScheduled = false;

  /** Fulfilled when a text of this length may be parsed; null if it may be parsed now. */
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
    // Runs after the text has been parsed, which the promise of its turn continues with.
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
