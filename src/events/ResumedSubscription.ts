import { LRUCache } from 'lru-cache';

import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { encodeEventCursor, isBehind } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import type { PositionedEvent } from './PositionedEvent.ts';
import type { StatusHistory } from './StatusHistory.ts';
import type { StatusHub } from './StatusHub.ts';
import type { StatusSubscription } from './StatusSubscription.ts';
import { SlowConsumerError, StreamError, StreamInterruptedError } from './streamErrors.ts';

/**
 * Everything behind a position, then what comes. The live queue is opened before the past is read, so that nothing
 * falls between; what both carry is told apart by id. The past comes from the hub's window, else from the API.
 */
export class ResumedSubscription implements AsyncIterableIterator<PositionedEvent, undefined> {
  readonly #live: StatusSubscription;
  readonly #past: AsyncIterator<PositionedEvent, void> | Iterator<PositionedEvent, void>;
  readonly #accepts: (event: JournalStatusEvent) => boolean;
  readonly #cancel = new AbortController();
  /** What was replayed last: only that can be among what comes live, whose queue is shorter. */
  readonly #replayed = new LRUCache<string, true>({ max: 10_000 });
  readonly #isOld: (event: JournalStatusEvent) => boolean;
  #isPast = true;
  #cursor: string;

  constructor(
    hub: StatusHub,
    history: StatusHistory,
    after: EventPosition,
    accepts: (event: JournalStatusEvent) => boolean,
  ) {
    this.#accepts = accepts;
    // The subscriber had it before, from another gateway perhaps.
    this.#isOld = (event) => hub.isAroundBeginning(event) && !isBehind(after, event);
    this.#cursor = encodeEventCursor(after);
    this.#live = hub.subscribe(accepts, this.#cursor);
    // In the same tick as the queue was opened: the two meet without a gap and without an overlap.
    const backlog = hub.backlogAfter(after);
    const until = new Date((hub.position?.ms ?? Date.now()) + replayMarginMs).toISOString();
    this.#past = backlog?.values() ?? history.read({ after, until }, this.#cancel.signal);
  }

  async next(): Promise<IteratorResult<PositionedEvent, undefined>> {
    try {
      return (await this.#nextPast()) ?? (await this.#nextLive());
    } catch (error) {
      this.#live.end();
      throw this.#withCursor(error);
    }
  }

  async return(): Promise<IteratorResult<PositionedEvent, undefined>> {
    this.#cancel.abort();
    await this.#live.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #nextPast(): Promise<IteratorYieldResult<PositionedEvent> | null> {
    while (this.#isPast) {
      const { done, value } = await this.#past.next();
      if (done) {
        this.#isPast = false;
        return null;
      }
      this.#replayed.set(value.event.id, true);
      if (this.#accepts(value.event)) return this.#deliver(value);
    }
    return null;
  }

  async #nextLive(): Promise<IteratorResult<PositionedEvent, undefined>> {
    for (;;) {
      const result = await this.#live.next();
      if (result.done) return result;
      const { event } = result.value;
      if (!this.#replayed.has(event.id) && !this.#isOld(event)) return this.#deliver(result.value);
    }
  }

  #deliver(value: PositionedEvent): IteratorYieldResult<PositionedEvent> {
    this.#cursor = value.cursor;
    return { done: false, value };
  }

  /** Whatever ends it early says where to go on: behind the last event that was delivered. */
  #withCursor(error: unknown): unknown {
    if (error instanceof SlowConsumerError) return new SlowConsumerError(this.#cursor);
    if (error instanceof StreamError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new StreamInterruptedError(`the past could not be replayed: ${reason}`, this.#cursor, error);
  }
}

/** The hub's clock may be told up to this late, see `StatusHub.begin`. */
const replayMarginMs = 2_000;
