export interface BackoffOptions {
  /** Maximum pause before the first retry, in ms. */
  firstMs: number;
  /** Maximum pause before any retry, in ms. */
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

  /** Counts a failure and returns the pause before the next retry, in ms. */
  next(): number {
    const { firstMs, maxMs } = this.#options;
    const pauseMs = Math.random() * Math.min(maxMs, firstMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    return pauseMs;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Lowers the number of counted failures to this number if it is higher. */
  lowerTo(failures: number): void {
    this.#failures = Math.min(this.#failures, failures);
  }
}
