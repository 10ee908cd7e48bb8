import { AbandonedError, DeadlineExceededError } from '../../errors/cancellation.ts';

/** Aborted when the client leaves or, once that is set, at a deadline; its reason says which. */
export class OperationAbort {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** @param left aborted when the client has left; the operation's own, it lives no longer than that */
  constructor(left: AbortSignal | undefined) {
    if (left?.aborted) this.#leave();
    else left?.addEventListener('abort', () => this.#leave(), { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @returns to be called when the operation has ended */
  setDeadline(deadlineMs: number): () => void {
    this.#timer = setTimeout(() => this.#controller.abort(new DeadlineExceededError(deadlineMs)), deadlineMs);
    return () => clearTimeout(this.#timer);
  }

  #leave(): void {
    this.#controller.abort(new AbandonedError());
  }
}
