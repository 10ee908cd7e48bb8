import { type Micros, microsPerMillisecond } from './instant.ts';

/**
 * The sandbox's time: that of `source` plus what tests added, or standing still until they move it.
 * It never runs backwards, also not over a restart.
 */
export class SandboxClock {
  readonly manual: boolean;
  readonly #source: () => number;
  #offset = 0;
  #standing: Micros;
  #latest: Micros = 0;
  #date = { second: -1, text: '' };

  /** @param source milliseconds since 1970; fractions give microseconds */
  constructor(source: () => number, manual: boolean) {
    this.manual = manual;
    this.#source = source;
    this.#standing = this.#read();
  }

  now(): Micros {
    this.#latest = Math.max(this.#latest, this.manual ? this.#standing : this.#read() + this.#offset);
    return this.#latest;
  }

  /** What the `Date` header says: whole seconds, written once each. */
  get date(): string {
    const second = Math.floor(this.now() / (1_000 * microsPerMillisecond));
    if (second !== this.#date.second) this.#date = { second, text: new Date(second * 1_000).toUTCString() };
    return this.#date.text;
  }

  /** Time of the world outside, which nothing moves: rate limits and latencies are felt there. */
  realMilliseconds(): number {
    return this.#source();
  }

  /** Moves forward to an instant; one that is past already changes nothing. */
  forwardTo(instant: Micros): void {
    const step = Math.max(0, instant - this.now());
    this.#offset += step;
    this.#standing += step;
  }

  reset(): void {
    this.#offset = 0;
    this.#latest = 0;
    this.#standing = this.#read();
  }

  #read(): Micros {
    return Math.floor(this.#source() * microsPerMillisecond);
  }
}
