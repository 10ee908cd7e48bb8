export interface DeadlineOptions {
  /** Aborts the deadline's signal too, with the same reason. */
  outer?: AbortSignal | undefined;
}

/**
 * Aborts its signal after a timeout, or when the outer signal is aborted. Unlike the signal of `AbortSignal.any` on
 * Node 20, it does not stay attached to the outer signal: `end` detaches it.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #follow = () => this.#controller.abort(this.#outer?.reason);

  constructor(timeoutMs: number, { outer }: DeadlineOptions = {}) {
    this.#outer = outer;
    this.#timer = setTimeout(() => this.#controller.abort(), timeoutMs);
    outer?.addEventListener('abort', this.#follow, { once: true });
    if (outer?.aborted) this.#follow();
  }

  /** Stops the timer; the outer signal can still abort this one. */
  stopTimer(): void {
    clearTimeout(this.#timer);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the timer and detaches from the outer signal. Call it when the work that the deadline limits has ended. */
  end(): void {
    this.stopTimer();
    this.#outer?.removeEventListener('abort', this.#follow);
  }

  /** Ends the deadline and aborts its signal now. */
  abort(): void {
    this.end();
    this.#controller.abort();
  }
}
