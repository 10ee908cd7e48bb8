export interface BackoffOptions {
  /** Longest pause before the first retry, in ms. */
  firstMs: number;
  /** Longest pause of all, in ms. */
  maxMs: number;
}

/** Exponential backoff with full jitter: clients that failed together do not retry together. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** The pause before the next retry, in ms. Counts one more failure. */
  next(): number {
    const { firstMs, maxMs } = this.#options;
    const pauseMs = Math.random() * Math.min(maxMs, firstMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    return pauseMs;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Counts no more than so many failures from here on. */
  lowerTo(failures: number): void {
    this.#failures = Math.min(this.#failures, failures);
  }
}
