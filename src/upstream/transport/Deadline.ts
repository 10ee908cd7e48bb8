/**
 * A signal that is aborted at a deadline or with another signal. Not `AbortSignal.any`: on Node 20 what it makes stays
 * attached to a signal that lives long, as a subscription's does.
 */
export class Limit {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = () => this.#controller.abort();

  constructor(deadlineMs: number, outer?: AbortSignal) {
    this.#outer = outer;
    this.#timer = setTimeout(this.#abort, deadlineMs);
    outer?.addEventListener('abort', this.#abort, { once: true });
    if (outer?.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
  }
}
