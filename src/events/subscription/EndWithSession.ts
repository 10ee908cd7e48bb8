import type { Session } from '../../auth/Session.ts';
import { Deferred } from '../../concurrency/Deferred.ts';
import { TokenExpiredError } from '../../errors/streamErrors.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from '../feed/StatusReader.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

/**
 * Ends a subscription as soon as the subscriber's session ends. The error has the cursor of the last delivered event.
 * An event that arrives at that moment is not delivered: a subscription after the cursor begins with it.
 */
export class EndWithSession implements StatusReader {
  readonly #source: StatusReader;
  /**
   * One per pending `next`. `Promise.race` with one promise for the end would keep memory for each event until the end.
   */
  readonly #pending = new Set<Deferred<Result>>();
  readonly #unwatch: () => void;
  #cursor: string | null;
  #hasEnded = false;
  /** The error with which the subscription ended, until a call of `next` has thrown this error. */
  #error: Error | null = null;

  /** @param startsAfter the subscriber's cursor before its first event */
  constructor(source: StatusReader, session: Session, startsAfter: string | null) {
    this.#source = source;
    this.#cursor = startsAfter;
    this.#unwatch = session.whenEnded(() => this.#end());
  }

  get restingCursor(): string | null {
    return this.#source.restingCursor;
  }

  async next(): Promise<Result> {
    if (this.#hasEnded) return this.#finish();
    const pending = new Deferred<Result>();
    this.#pending.add(pending);
    const isSettled = () => !this.#pending.delete(pending) || this.#hasEnded;
    this.#source.next().then(
      (result) => {
        if (isSettled()) return;
        if (result.done) this.#unwatch();
        else this.#cursor = result.value.cursor;
        pending.resolve(result);
      },
      (error: unknown) => {
        if (isSettled()) return;
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
    if (this.#pending.size === 0) this.#error = error;
    for (const { reject } of this.#pending) reject(error);
    this.#pending.clear();
    void this.#source.return?.();
  }

  async #finish(): Promise<Result> {
    const error = this.#error;
    this.#error = null;
    if (error) throw error;
    return { done: true, value: undefined };
  }
}
