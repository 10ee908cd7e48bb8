import { SmallSet } from './SmallSet.ts';

/** What cancels a piece of work. An `AbortSignal` is one; a `Cancellation` costs a fraction of it. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A signal with its own `abort`, for work that is begun thousands of times a second. */
export class Cancellation implements CancelSignal {
  #aborted = false;
  #reason: unknown;
  #listeners = new SmallSet<() => void>();

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** The listener is called once, and never if the signal has been aborted already. */
  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(reason?: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = new SmallSet();
    for (const listener of listeners) listener();
  }
}
