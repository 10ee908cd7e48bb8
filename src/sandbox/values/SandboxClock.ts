import { type Micros, microsPerMillisecond } from './instant.ts';

/**
 * The sandbox's clock. A real clock shows the time of `source` plus what `forwardTo` has added; a manual clock changes
 * only by `forwardTo`. `now` never returns an earlier time than before, unless the clock is reset.
 */
export class SandboxClock {
  readonly manual: boolean;
  readonly #source: () => number;
  #offset = 0;
  #manualTime: Micros;
  #latest: Micros = 0;
  #date = { second: -1, text: '' };

  /** @param source returns milliseconds since 1970, with fractions for microseconds */
  constructor(source: () => number, manual: boolean) {
    this.manual = manual;
    this.#source = source;
    this.#manualTime = this.#read();
  }

  now(): Micros {
    this.#latest = Math.max(this.#latest, this.manual ? this.#manualTime : this.#read() + this.#offset);
    return this.#latest;
  }

  /** The value of the `Date` header, formatted once per second. */
  get date(): string {
    const second = Math.floor(this.now() / (1_000 * microsPerMillisecond));
    if (second !== this.#date.second) this.#date = { second, text: new Date(second * 1_000).toUTCString() };
    return this.#date.text;
  }

  /** The time of `source`, which `forwardTo` doesn't affect. Rate limits and the request log use it. */
  realMilliseconds(): number {
    return this.#source();
  }

  /** Moves the clock forward to an instant. An instant in the past has no effect. */
  forwardTo(instant: Micros): void {
    const step = Math.max(0, instant - this.now());
    this.#offset += step;
    this.#manualTime += step;
  }

  reset(): void {
    this.#offset = 0;
    this.#latest = 0;
    this.#manualTime = this.#read();
  }

  #read(): Micros {
    return Math.floor(this.#source() * microsPerMillisecond);
  }
}
