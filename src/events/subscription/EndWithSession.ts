import type { Session } from '../../auth/Session.ts';
import { Deferred } from '../../concurrency/Deferred.ts';
import { TokenExpiredError } from '../../errors/subscriptionErrors.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from '../feed/StatusReader.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

/**
 * Ends a subscription as soon as the subscriber's session ends. The error has the cursor of the last delivered event.
 * An event that arrives at that moment is not delivered, but a subscription after the cursor begins with it.
 */
export class EndWithSession implements StatusReader {
  readonly #source: StatusReader;
  /**
   * The pending result of `next`. A `Promise.race` of each event with one promise for the end of the session would hold
   * memory for each event until the session ends.
   */
  #pending: Deferred<Result> | null = null;
  readonly #unwatch: () => void;
  #cursor: string | null;
  #hasEnded = false;
  /** The error with which the subscription ended, until a call of `next` throws it. */
  #error: Error | null = null;

  /** @param startsAfter the subscriber's cursor before its first event */
  constructor(source: StatusReader, session: Session, startsAfter: string | null) {
    this.#source = source;
    this.#cursor = startsAfter;
    const end = () => this.#end();
    session.whenEnded(end);
    this.#unwatch = () => session.removeListener(end);
  }

  get restingCursor(): string | null {
    return this.#source.restingCursor;
  }

  next(): Promise<Result> {
    const pending = new Deferred<Result>();
    if (this.#hasEnded) {
      if (this.#error) pending.reject(this.#error);
      else pending.resolve({ done: true, value: undefined });
      this.#error = null;
      return pending.promise;
    }
    this.#pending = pending;
    this.#source.next().then(
      (result) => {
        if (this.#hasEnded) return;
        this.#pending = null;
        if (result.done) this.#unwatch();
        else this.#cursor = result.value.cursor;
        pending.resolve(result);
      },
      (error: unknown) => {
        if (this.#hasEnded) return;
        this.#pending = null;
        this.#unwatch();
        pending.reject(error);
      },
    );
    return pending.promise;
  }

  async return(): Promise<Result> {
    this.#unwatch();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#hasEnded = true;
    const error = new TokenExpiredError(this.restingCursor ?? this.#cursor);
    if (this.#pending) this.#pending.reject(error);
    else this.#error = error;
    void this.#source.return?.();
  }
}
