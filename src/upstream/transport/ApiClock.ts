/** How late a `Date` header may be: servers keep its text for a second and refresh it with a timer. */
const staleMs = 100;

/** This machine's time, in unix ms, as it was set at the start: a clock that is moved later doesn't move it. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * What time it is for the API, by the `Date` headers of its answers. They have whole seconds, so each bounds the
 * difference between the two clocks from both sides, and many bound it closely.
 */
export class ApiClock {
  #leastOffsetMs = -Infinity;
  #mostOffsetMs = Infinity;

  /**
   * @param date the header of an answer
   * @param sentMs when its request was sent, by `steadyNow`
   */
  learn(date: string | undefined, sentMs: number, receivedMs = steadyNow()): void {
    const told = Date.parse(date ?? '');
    if (Number.isNaN(told)) return;
    const least = told - receivedMs;
    const most = told + 1_000 + staleMs - sentMs;
    const isConsistent = least <= this.#mostOffsetMs && most >= this.#leastOffsetMs;
    // A clock that was moved says the opposite of what was known: from then on only the new word counts.
    this.#leastOffsetMs = isConsistent ? Math.max(least, this.#leastOffsetMs) : least;
    this.#mostOffsetMs = isConsistent ? Math.min(most, this.#mostOffsetMs) : most;
  }

  /** False before the API has told its time. */
  get isKnown(): boolean {
    return Number.isFinite(this.#leastOffsetMs);
  }

  /** Never later than the API's own now, as far as it is known. */
  earliestNow(): number {
    return this.earliestAt(steadyNow());
  }

  /** Never earlier than the API's own now, as far as it is known. */
  latestNow(): number {
    return this.latestAt(steadyNow());
  }

  /** Never later than the API's time at a moment of this machine, given by `steadyNow`, as far as it is known by now. */
  earliestAt(steadyMs: number): number {
    return steadyMs + (Number.isFinite(this.#leastOffsetMs) ? this.#leastOffsetMs : 0);
  }

  /** Never earlier than the API's time at a moment of this machine, given by `steadyNow`, as far as it is known by now. */
  latestAt(steadyMs: number): number {
    return steadyMs + (Number.isFinite(this.#mostOffsetMs) ? this.#mostOffsetMs : 0);
  }
}
