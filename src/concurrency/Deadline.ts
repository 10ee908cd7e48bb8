export interface DeadlineOptions {
  /** Aborts earlier. */
  outer?: AbortSignal | undefined;
  /** The reason of the abort when the time is over; that of an earlier abort is `outer`'s. */
  reason?: () => unknown;
}

/**
 * A signal that is aborted when a time is over or when another signal is. Unlike `AbortSignal.any` on Node 20, it does
 * not stay attached to the other signal: `end` detaches it.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #follow = () => this.#controller.abort(this.#outer?.reason);

  constructor(timeoutMs: number, { outer, reason }: DeadlineOptions = {}) {
    this.#outer = outer;
    this.#timer = setTimeout(() => this.#controller.abort(reason?.()), timeoutMs);
    outer?.addEventListener('abort', this.#follow, { once: true });
    if (outer?.aborted) this.#follow();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** To be called when what it limits has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#follow);
  }
}
