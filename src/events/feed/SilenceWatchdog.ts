const firstLimitMs = 60_000;
const shortestLimitMs = 10_000;
const longestLimitMs = 120_000;

/**
 * Detects a stream whose connection was lost without a close: networks drop idle connections and notify neither end.
 * The API's heartbeat interval is undocumented, so the limit is learned: three times the longest pause seen, within
 * bounds.
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

  /** Must be called for every item of the stream. */
  noteActivity(): void {
    const now = performance.now();
    this.#longestPauseMs = Math.max(this.#longestPauseMs, now - this.#lastMs);
    this.#lastMs = now;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  get #limitMs(): number {
    // An initial burst must not shorten the limit below the interval of the heartbeats.
    if (this.#longestPauseMs < 1_000) return firstLimitMs;
    return Math.min(longestLimitMs, Math.max(shortestLimitMs, 3 * this.#longestPauseMs));
  }

  /** Rearms itself when it fires early: a timer per event would cost too much. */
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
