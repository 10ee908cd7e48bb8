export interface DeadlineOptions {
  /** Aborts earlier. */
  outer?: AbortSignal | undefined;
  /** The reason of the abort when the time is over. */
  reason?: () => unknown;
  /** The reason of an earlier abort. Default that of `outer`. */
  outerReason?: () => unknown;
}

/**
 * A signal that is aborted when a time is over or when another signal is. Unlike `AbortSignal.any` on Node 20, it does
 * not stay attached to the other signal: `end` detaches it.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #options: DeadlineOptions;
  #timer: NodeJS.Timeout | undefined;
  readonly #follow = () => {
    const { outer, outerReason = () => outer?.reason as unknown } = this.#options;
    this.#controller.abort(outerReason());
  };

  /** @param timeoutMs null when the time starts later, with `start` */
  constructor(timeoutMs: number | null, options: DeadlineOptions = {}) {
    this.#options = options;
    if (timeoutMs !== null) this.start(timeoutMs);
    options.outer?.addEventListener('abort', this.#follow, { once: true });
    if (options.outer?.aborted) this.#follow();
  }

  start(timeoutMs: number): void {
    this.#timer = setTimeout(() => this.#controller.abort(this.#options.reason?.()), timeoutMs);
  }

  /** Stops the timer; the signal still follows the other one. */
  stopTimer(): void {
    clearTimeout(this.#timer);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** To be called when what it limits has ended. */
  end(): void {
    this.stopTimer();
    this.#options.outer?.removeEventListener('abort', this.#follow);
  }

  /** Aborts the signal now. */
  abort(): void {
    this.end();
    this.#controller.abort();
  }
}
