import { messageOf } from '../../errors/messageOf.ts';
import { StreamError, StreamInterruptedError } from '../../errors/streamErrors.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from '../feed/StatusReader.ts';

/**
 * Filters events with an asynchronous check. When the check of an event fails, the subscription ends with the cursor
 * before this event, so that a client that subscribes again does not lose it.
 */
export class FilteredEvents implements StatusReader {
  readonly #source: StatusReader;
  readonly #passes: (positioned: PositionedEvent) => Promise<boolean>;
  #cursor: string | null;

  constructor(
    source: StatusReader,
    passes: (positioned: PositionedEvent) => Promise<boolean>,
    startsAfter: string | null,
  ) {
    this.#source = source;
    this.#passes = passes;
    this.#cursor = startsAfter;
  }

  get restingCursor(): string | null {
    return this.#source.restingCursor;
  }

  async next(): Promise<IteratorResult<PositionedEvent, undefined>> {
    for (;;) {
      const result = await this.#source.next();
      if (result.done) return result;
      if (await this.#check(result.value)) {
        this.#cursor = result.value.cursor;
        return result;
      }
    }
  }

  async return(): Promise<IteratorResult<PositionedEvent, undefined>> {
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #check(positioned: PositionedEvent): Promise<boolean> {
    try {
      return await this.#passes(positioned);
    } catch (error) {
      await this.#source.return?.();
      if (error instanceof StreamError) throw error;
      const reason = messageOf(error);
      throw new StreamInterruptedError(`the accounts of a journal can't be read: ${reason}`, this.#cursor, error);
    }
  }
}
