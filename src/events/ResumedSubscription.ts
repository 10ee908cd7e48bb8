import { LRUCache } from 'lru-cache';

import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { UpstreamUnavailableError } from '../upstream/faults.ts';

import { encodeEventCursor, isBehind } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import type { PositionedEvent } from './PositionedEvent.ts';
import type { StatusHistory } from './StatusHistory.ts';
import type { KnownPast, StatusHub } from './StatusHub.ts';
import type { StatusSubscription } from './StatusSubscription.ts';
import { SlowConsumerError, StreamError, StreamInterruptedError, TooManyReplaysError } from './streamErrors.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

/** How often a replay is begun, at most. */
const maxAttempts = 3;
/** A feed tells its beginning in whole seconds, by a clock that may be a little off from that of the events, in ms. */
const beginningMs = 2_000;
/** Replayed events that may wait for a subscriber; beyond it the subscription ends with `SlowConsumerError`. */
const maxWaiting = 10_000;

/**
 * Everything behind a position, then what comes. The live queue is opened before the past is read, so that nothing
 * falls between; what both carry is told apart by id. The past comes from the hub's window, else from the API.
 */
export class ResumedSubscription implements AsyncIterableIterator<PositionedEvent, undefined> {
  readonly #live: StatusSubscription;
  readonly #accepts: (event: JournalStatusEvent) => boolean;
  /** The subscriber had it before, from another gateway perhaps. */
  readonly #isOld: (event: JournalStatusEvent) => boolean;
  readonly #cancel = new AbortController();
  /** What was replayed last: only that can be among what comes live, whose queue is shorter. */
  readonly #replayed = new LRUCache<string, true>({ max: maxWaiting });
  readonly #past: PositionedEvent[] = [];
  #pastError: Error | null = null;
  #isReplaying = false;
  #wake: () => void = () => undefined;
  #cursor: string;

  constructor(
    hub: StatusHub,
    history: StatusHistory,
    after: EventPosition,
    accepts: (event: JournalStatusEvent) => boolean,
  ) {
    this.#accepts = accepts;
    this.#isOld = (event) => hub.isAroundBeginning(event) && !isBehind(after, event);
    this.#cursor = encodeEventCursor(after);
    this.#live = hub.subscribe(accepts, this.#cursor);
    // In the same tick as the queue was opened: the two meet without a gap and without an overlap.
    const backlog = hub.backlogAfter(after);
    if (backlog) this.#past.push(...backlog.filter(({ event }) => accepts(event)));
    else void this.#replay(history, after, hub);
  }

  async next(): Promise<Result> {
    try {
      return (await this.#nextPast()) ?? (await this.#nextLive());
    } catch (error) {
      await this.return();
      throw this.#withCursor(error);
    }
  }

  async return(): Promise<Result> {
    this.#cancel.abort();
    this.#past.length = 0;
    this.#wake();
    await this.#live.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** A replay that breaks goes on behind the last event that it brought. */
  async #replay(history: StatusHistory, after: EventPosition, hub: StatusHub): Promise<void> {
    this.#isReplaying = true;
    const place = { after };
    try {
      // Until the feed has begun, nobody says where the past ends and the present begins.
      await unlessAborted(hub.begun, this.#cancel.signal);
      const { known } = hub;
      for (let attempt = 1; !(await this.#readPast(history, place, known, attempt)); attempt += 1);
    } catch (error) {
      this.#pastError = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#isReplaying = false;
      this.#wake();
    }
  }

  /**
   * Reads on however slow the subscriber is: it must not hold a stream that others wait for.
   *
   * @returns false when the stream broke and another attempt is due
   */
  async #readPast(
    history: StatusHistory,
    place: { after: EventPosition },
    known: KnownPast | null,
    attempt: number,
  ): Promise<boolean> {
    // Where the feed has only begun, all that it hasn't brought itself happened before this moment.
    const upToMs = known?.recent.length === 0 ? known.ms + beginningMs : undefined;
    try {
      const range = { after: place.after, known, upToMs, caughtUpMs: 0 };
      for await (const positioned of history.read(range, this.#cancel.signal)) {
        place.after = positioned.position;
        this.#replayed.set(positioned.event.id, true);
        if (!this.#accepts(positioned.event)) continue;
        if (this.#past.length >= maxWaiting) throw new SlowConsumerError(null);
        this.#past.push(positioned);
        this.#wake();
      }
      return true;
    } catch (error) {
      const isBroken = error instanceof UpstreamUnavailableError && !this.#cancel.signal.aborted;
      if (!isBroken || attempt === maxAttempts) throw error;
      return false;
    }
  }

  async #nextPast(): Promise<IteratorYieldResult<PositionedEvent> | null> {
    for (;;) {
      const positioned = this.#past.shift();
      if (positioned) return this.#deliver(positioned);
      if (!this.#isReplaying) break;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      if (this.#cancel.signal.aborted) return null;
    }
    const error = this.#pastError;
    this.#pastError = null;
    if (error !== null && !this.#cancel.signal.aborted) throw error;
    return null;
  }

  async #nextLive(): Promise<Result> {
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
    if (error instanceof TooManyReplaysError) return new TooManyReplaysError(this.#cursor);
    if (error instanceof StreamError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new StreamInterruptedError(`the past could not be replayed: ${reason}`, this.#cursor, error);
  }
}

/** Waits no longer than somebody wants it. */
function unlessAborted(pending: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  return Promise.race([pending, aborted]);
}
