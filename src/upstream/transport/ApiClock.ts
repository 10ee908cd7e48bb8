/** How late a `Date` header may be, in ms: servers cache its text and refresh the text with a timer each second. */
const staleMs = 100;

/** This machine's time in Unix ms. Unlike `Date.now()`, it does not jump when the clock is set after the start. */
export function steadyNow(): number {
  return startedAtMs + performance.now();
}

const startedAtMs = performance.timeOrigin;

/**
 * The API's clock, estimated from the `Date` headers of its responses. Each header gives a whole second, which bounds
 * the offset between the API's clock and this machine's clock from below and above. Many headers narrow these bounds.
 */
export class ApiClock {
  /** The last header, and its time. Its text changes once a second, and parsing it costs more than all the rest. */
  #lastDate = '';
  #lastDateMs = NaN;
  #leastOffsetMs = -Infinity;
  #mostOffsetMs = Infinity;

  /**
   * @param date the header of a response
   * @param sentMs when its request was sent, by `steadyNow`
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

  /** The earliest time that the API's clock can show now, given the headers so far. */
  earliestNow(): number {
    return this.earliestAt(steadyNow());
  }

  /** The same at an earlier moment of this machine, given by `steadyNow`. */
  earliestAt(steadyMs: number): number {
    return steadyMs + (Number.isFinite(this.#leastOffsetMs) ? this.#leastOffsetMs : 0);
  }

  /** The latest time that the API's clock can show now, given the headers so far. */
  latestNow(): number {
    return this.latestAt(steadyNow());
  }

  /** The same at an earlier moment of this machine, given by `steadyNow`. */
  latestAt(steadyMs: number): number {
    return steadyMs + (Number.isFinite(this.#mostOffsetMs) ? this.#mostOffsetMs : 0);
  }
}
