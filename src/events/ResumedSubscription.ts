import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { encodeEventCursor } from './eventCursor.ts';
import { isReal } from './eventPosition.ts';
import type { EventPosition } from './eventPosition.ts';
import { latenessMs, stampOf } from './eventStamp.ts';
import { HadEvents } from './HadEvents.ts';
import type { PositionedEvent } from './PositionedEvent.ts';
import type { PositionTracker } from './PositionTracker.ts';
import { readPersistently } from './readPersistently.ts';
import type { StatusHistory } from './StatusHistory.ts';
import type { StatusHub } from './StatusHub.ts';
import type { StatusReader } from './StatusReader.ts';
import type { StatusSubscription } from './StatusSubscription.ts';
import { SlowConsumerError, StreamError, StreamInterruptedError, TooManyReplaysError } from './streamErrors.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

/** A feed tells its beginning in whole seconds, by a clock that may be a little off from that of the events, in ms. */
const beginningMs = 2_000;
/** Replayed events that may wait for a subscriber; beyond it the subscription ends with `SlowConsumerError`. */
const maxWaiting = 10_000;

/**
 * Everything behind a position, then what comes. The past comes from the hub's window, else from the API; what happens
 * meanwhile is read from the window too, under the number that was next when the past was asked for, so that nothing
 * falls between. Only a subscriber that has read all of it gets a live queue of its own.
 */
export class ResumedSubscription implements StatusReader {
  readonly #hub: StatusHub;
  readonly #history: StatusHistory;
  readonly #accepts: (event: JournalStatusEvent) => boolean;
  readonly #after: EventPosition;
  readonly #cancel = new AbortController();
  readonly #past: PositionedEvent[] = [];
  /** Positions of what is read before the live queue is: the hub's own know nothing of the replay. */
  readonly #tracker: PositionTracker;
  readonly #had: HadEvents;
  /** When the last event happened that the subscriber has had and the hub may not have told; -Infinity when it has told all. */
  #hadMs: number;
  /** What the hub publishes under this number and later ones has not been read yet. */
  #unread: number;
  #live: StatusSubscription | null = null;
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
    this.#hub = hub;
    this.#history = history;
    this.#accepts = accepts;
    this.#after = after;
    this.#tracker = hub.trackerFrom(after);
    this.#cursor = encodeEventCursor(after);
    this.#unread = hub.end;
    const resolved = hub.resolve(after);
    this.#had = new HadEvents(hub, resolved);
    const backlog = hub.backlogAfter(resolved);
    this.#hadMs = hub.isOwn(after) || !isReal(after) ? -Infinity : after.ms;
    if (backlog) this.#keep(backlog);
    else void this.#replay();
  }

  /** The hub's place, once that says what was had from elsewhere too: before, the subscriber's own is better. */
  get restingCursor(): string | null {
    const cursor = this.#live?.restingCursor ?? null;
    return cursor !== null && this.#isLevelWith(this.#hub.mark?.position) ? cursor : null;
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
    await this.#live?.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Reads on however slow the subscriber is: it must not hold a stream that others wait for. Where so much happened
   * meanwhile that the window has lost some of it, that is replayed too.
   */
  async #replay(): Promise<void> {
    this.#isReplaying = true;
    let place = this.#after;
    try {
      // Until the feed has begun, nobody says where the past ends and the present begins.
      await this.#hub.hasBegun(this.#cancel.signal);
      do {
        this.#unread = this.#hub.end;
        place = await this.#readPast(place);
      } while (!this.#cancel.signal.aborted && this.#hub.eventsFrom(this.#unread) === null);
    } catch (error) {
      this.#pastError = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#isReplaying = false;
      this.#wake();
    }
  }

  /** @returns the place behind what was read */
  async #readPast(after: EventPosition): Promise<EventPosition> {
    const { known } = this.#hub;
    // Where the feed has only begun, all that it hasn't brought itself happened before this moment.
    const upToMs = known?.recent.length === 0 ? known.ms + beginningMs : undefined;
    this.#had.beginReplay(known?.ms ?? 0, after.floorMs - latenessMs);
    const range = {
      after,
      known,
      upToMs,
      caughtUpMs: 0,
      // The API had them already, so whatever else comes live has been told since, however old it is.
      lookBackMs: latenessMs,
      onSeen: (event: JournalStatusEvent) => this.#had.add(event),
      onResolved: (resolved: EventPosition) => this.#had.resolve(resolved),
    };
    let last: PositionedEvent | null = null;
    for await (last of readPersistently(this.#history, range, this.#cancel.signal)) {
      this.#hadMs = Math.max(this.#hadMs, stampOf(last.event).ms);
      this.#keep([last]);
      if (this.#past.length > maxWaiting) throw this.#hub.tooSlow(null);
    }
    return last?.position ?? after;
  }

  /** For the subscriber to take, in places of its own. */
  #keep(events: readonly PositionedEvent[]): void {
    for (const { event } of events) {
      const positioned = this.#tracker.advance(event);
      if (this.#accepts(event)) this.#past.push(positioned);
    }
    this.#wake();
  }

  async #nextPast(): Promise<IteratorYieldResult<PositionedEvent> | null> {
    while (!this.#live && !this.#cancel.signal.aborted) {
      const positioned = this.#past.shift();
      if (positioned) return this.#deliver(positioned);
      if (this.#isReplaying) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#pastError) throw this.#pastError;
      else this.#catchUp();
    }
    return null;
  }

  /** What happened since the past was asked for; a live queue once there is no more. @throws SlowConsumerError */
  #catchUp(): void {
    const missed = this.#hub.eventsFrom(this.#unread);
    if (!missed) throw this.#hub.tooSlow(null);
    this.#unread += missed.length;
    if (missed.length > 0) this.#keep(missed.filter(({ event }) => !this.#had.has(event)));
    else this.#live = this.#hub.subscribe(this.#accepts, this.#cursor);
  }

  async #nextLive(): Promise<Result> {
    for (;;) {
      const result = await (this.#live?.next() ?? ended);
      if (result.done) return result;
      const { value } = result;
      if (this.#had.has(value.event)) continue;
      return this.#deliver(this.#isLevelWith(value.position) ? value : this.#tracker.advance(value.event));
    }
  }

  /** Whether who goes on from this place of the hub is told nothing again; once so, it stays so. */
  #isLevelWith(place: EventPosition | undefined): boolean {
    if (this.#hadMs === -Infinity) return true;
    if (!place || !isReal(place) || place.floorMs < this.#hadMs) return false;
    this.#hadMs = -Infinity;
    return true;
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

const ended = Promise.resolve<Result>({ done: true, value: undefined });
