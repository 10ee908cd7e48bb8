/** How outdated a `Date` header may be, in ms: servers cache its text and refresh it with a timer each second. */
const staleMs = 100;

/**
 * This machine's time in Unix ms. Unlike `Date.now()`, it does not jump when the clock is set while the process runs.
 */
export function steadyNow(): number {
  return startedAtMs + performance.now();
}

const startedAtMs = performance.timeOrigin;

/**
 * The API's clock, estimated from the `Date` headers of its responses. Each header gives a whole second, which bounds
 * the offset between the API's clock and this machine's clock from below and above. Many headers narrow these bounds.
 */
export class ApiClock {
  /** The last header and its time: the header changes once a second, and parsing it costs more than all other steps. */
  #lastDate = '';
  #lastDateMs = NaN;
  #leastOffsetMs = -Infinity;
  #mostOffsetMs = Infinity;

  /**
   * Narrows the bounds.
   *
   * @param date the `Date` header of a response
   * @param sentMs when the request was sent, by `steadyNow`
   */
  learn(date: string | undefined, sentMs: number, receivedMs = steadyNow()): void {
    if (date === undefined) return;
    if (date !== this.#lastDate) {
      this.#lastDate = date;
      this.#lastDateMs = Date.parse(date);
    }
    const dateMs = this.#lastDateMs;
    if (Number.isNaN(dateMs)) return;
    const least = dateMs - receivedMs;
    const most = dateMs + 1_000 + staleMs - sentMs;
    const isConsistent = least <= this.#mostOffsetMs && most >= this.#leastOffsetMs;
    // Bounds that contradict each other mean that one of the clocks was set: only the new header counts.
    this.#leastOffsetMs = isConsistent ? Math.max(least, this.#leastOffsetMs) : least;
    this.#mostOffsetMs = isConsistent ? Math.min(most, this.#mostOffsetMs) : most;
  }

  /** False until the API has sent a `Date` header. */
  get isKnown(): boolean {
    return Number.isFinite(this.#leastOffsetMs);
  }

  /** The earliest time that the API's clock can show now, according to the headers so far. */
  earliestNow(): number {
    return this.earliestAt(steadyNow());
  }

  /** The earliest time that the API's clock can have shown at a moment of this machine, given by `steadyNow`. */
  earliestAt(steadyMs: number): number {
    return steadyMs + (Number.isFinite(this.#leastOffsetMs) ? this.#leastOffsetMs : 0);
  }

  /** The latest time that the API's clock can show now, according to the headers so far. */
  latestNow(): number {
    return this.latestAt(steadyNow());
  }

  /** The latest time that the API's clock can have shown at a moment of this machine, given by `steadyNow`. */
  latestAt(steadyMs: number): number {
    return steadyMs + (Number.isFinite(this.#mostOffsetMs) ? this.#mostOffsetMs : 0);
  }
}
