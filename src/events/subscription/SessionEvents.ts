import type { Session } from '../../auth/Session.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from '../feed/StatusReader.ts';
import { TokenExpiredError } from '../../errors/streamErrors.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

/**
 * Events for as long as the subscriber's session holds. When it ends the stream does too, at once and with the cursor
 * behind the last event that was delivered: what was under way then is not delivered, and comes again after the cursor.
 */
export class SessionEvents implements StatusReader {
  readonly #source: StatusReader;
  readonly #waiting = new Set<(error: Error) => void>();
  readonly #stopWaiting: () => void;
  #cursor: string | null;
  #hasEnded = false;
  #error: Error | null = null;

  /** @param startsAfter where the subscriber stands before its first event */
  constructor(source: StatusReader, session: Session, startsAfter: string | null) {
    this.#source = source;
    this.#cursor = startsAfter;
    this.#stopWaiting = session.whenEnded(() => this.#end());
  }

  get restingCursor(): string | null {
    return this.#source.restingCursor;
  }

  async next(): Promise<Result> {
    if (this.#hasEnded) return this.#finish();
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = () => this.#waiting.delete(reject) && !this.#hasEnded;
      this.#source.next().then(
        (result) => {
          if (!settle()) return;
          if (result.done) this.#stopWaiting();
          else this.#cursor = result.value.cursor;
          resolve(result);
        },
        (error: unknown) => {
          if (!settle()) return;
          this.#stopWaiting();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  async return(): Promise<Result> {
    this.#stopWaiting();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#hasEnded = true;
    const error = new TokenExpiredError(this.restingCursor ?? this.#cursor);
    if (this.#waiting.size === 0) this.#error = error;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
    // Nobody waits for it: what it had is behind the cursor.
    void this.#source.return?.();
  }

  /** The error is told once. */
  async #finish(): Promise<Result> {
    const error = this.#error;
    this.#error = null;
    if (error) throw error;
    return { done: true, value: undefined };
  }
}
