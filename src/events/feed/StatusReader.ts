import type { PositionedEvent } from '../cursor/PositionedEvent.ts';

/**
 * A subscriber's events, in order, and its position while it is idle. `next` must not be called again before the
 * promise of the previous call has settled.
 */
export interface StatusReader extends AsyncIterableIterator<PositionedEvent, undefined> {
  /**
   * The feed's cursor while the subscriber is idle: every event up to it was delivered or filtered out. Null while an
   * event is on its way to the subscriber.
   */
  readonly restingCursor: string | null;
}

/**
 * Wraps a reader with a different `next`. Closing the wrapper closes its source.
 *
 * A class, because V8 keeps the getter of an object literal, and so the source, until a full garbage collection.
 */
export class WrappedReader implements StatusReader {
  readonly next: StatusReader['next'];
  readonly #source: StatusReader;
  readonly #onReturn: (() => void) | undefined;

  constructor(source: StatusReader, next: StatusReader['next'], onReturn?: () => void) {
    this.next = next;
    this.#source = source;
    this.#onReturn = onReturn;
  }

  get restingCursor(): string | null {
    return this.#source.restingCursor;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#onReturn?.();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
