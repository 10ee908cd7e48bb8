const firstLimitMs = 60_000;
const shortestLimitMs = 10_000;
const longestLimitMs = 120_000;

/**
 * Notices a stream that died without a word: networks forget quiet connections, and neither end is told.
 * The API's heartbeat interval is undocumented, so the limit is learned: three times the longest pause seen, within bounds.
 */
export class SilenceWatchdog {
  readonly #onSilence: (limitMs: number) => void;
  #longestPauseMs = 0;
  #lastMs = performance.now();
  #timer: NodeJS.Timeout;

  constructor(onSilence: (limitMs: number) => void) {
    this.#onSilence = onSilence;
    this.#timer = this.#arm();
  }

  /** Something came. */
  alive(): void {
    const now = performance.now();
    this.#longestPauseMs = Math.max(this.#longestPauseMs, now - this.#lastMs);
    this.#lastMs = now;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  get #limitMs(): number {
    // One pause says little: a burst at the start must not shorten the limit below a heartbeat.
    if (this.#longestPauseMs < 1_000) return firstLimitMs;
    return Math.min(longestLimitMs, Math.max(shortestLimitMs, 3 * this.#longestPauseMs));
  }

  /** Rearms itself when it fires early, so that a busy stream doesn't pay for a timer per event. */
  #arm(): NodeJS.Timeout {
    const limitMs = this.#limitMs;
    const leftMs = this.#lastMs + limitMs - performance.now();
    return setTimeout(
      () => {
        if (performance.now() - this.#lastMs >= this.#limitMs) this.#onSilence(limitMs);
        else this.#timer = this.#arm();
      },
      Math.max(1, leftMs),
    );
  }
}
