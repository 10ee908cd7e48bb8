import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { StreamError, StreamInterruptedError, TooManyReplaysError } from '../../errors/subscriptionErrors.ts';

import { encodeEventCursor } from '../cursor/eventCursor.ts';
import { hasEvents } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { stampOf } from '../cursor/eventStamp.ts';
import type { PositionedEvent, StatusMark } from '../cursor/PositionedEvent.ts';
import { EventPositioner } from '../cursor/EventPositioner.ts';
import type { StatusHub } from '../feed/StatusHub.ts';
import type { StatusReader } from '../feed/StatusReader.ts';
import type { StatusSubscription } from '../feed/StatusSubscription.ts';
import type { PastReader } from '../replay/StatusHistory.ts';
import { ReplayedPast } from './ReplayedPast.ts';
import { SeenEvents } from './SeenEvents.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

export interface ResumedSubscriptionOptions {
  accepts: (event: JournalStatusEvent) => boolean;
  /** The position to resume after. Null for live events only. */
  after: EventPosition | null;
  /** Returns whether the client still reads. */
  isTaking: () => boolean;
}

/**
 * Delivers everything after a position, then live events. Past events come from the hub's window or, if they are older,
 * from a replay. Live events are read from the window, beginning with the number that was next when the past was
 * requested, so there is no gap. When the window has dropped unread events, the subscription resumes from its last
 * position by itself. If the client has stopped reading, the subscription ends with `SLOW_CONSUMER` instead.
 */
export class ResumedSubscription implements StatusReader {
  readonly #hub: StatusHub;
  readonly #history: PastReader;
  readonly #options: ResumedSubscriptionOptions;
  /**
   * The position at which the subscription started or resumed, or a later one that does not come from the hub. Null
   * before the feed has begun.
   */
  #position: EventPosition | null;
  /** Assigns positions to live events until the hub's positions include what this subscription got from elsewhere. */
  #positioner: EventPositioner | null = null;
  /** The time of the latest delivered event that the hub may not have published; -Infinity if there is none. */
  #aheadMs = -Infinity;
  #past: ReplayedPast | null = null;
  #live: StatusSubscription | null = null;
  #hasLeft = false;

  constructor(hub: StatusHub, history: PastReader, options: ResumedSubscriptionOptions) {
    this.#hub = hub;
    this.#history = history;
    this.#options = options;
    this.#position = options.after ?? hub.mark?.position ?? null;
    if (options.after) this.#resume(options.after);
    else this.#live = hub.subscribe(options.accepts, hub.end, (mark) => this.#readOnAfter(mark));
  }

  /**
   * The hub's cursor while the subscriber is idle, once this cursor includes what the subscription got from elsewhere.
   */
  get restingCursor(): string | null {
    const cursor = this.#live?.restingCursor ?? null;
    return cursor !== null && this.#isCoveredBy(this.#hub.mark?.position) ? cursor : null;
  }

  next(): Promise<Result> {
    // The usual case avoids a further promise, which would be costly at hundreds of thousands of events per second.
    if (this.#live && !this.#positioner && !this.#live.isLost) return this.#live.next();
    return this.#nextOwn();
  }

  async return(): Promise<Result> {
    this.#hasLeft = true;
    this.#past?.close();
    await this.#live?.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #resume(after: EventPosition): void {
    const hub = this.#hub;
    const resolved = hub.resolve(after);
    const seen = new SeenEvents(hub, resolved);
    const backlog = hub.backlogAfter(resolved);
    this.#position = after;
    this.#aheadMs = hub.isOwn(after) || !hasEvents(after) ? -Infinity : after.ms;
    if (!backlog) {
      this.#past = new ReplayedPast(hub, this.#history, after, seen);
      return;
    }
    this.#positioner = this.#aheadMs === -Infinity ? null : new EventPositioner(hub.now, after);
    const { end } = hub;
    const isDecided = (at: number) => backlog.isExact || at < end;
    this.#readFrom(backlog.from, (event, at) => (isDecided(at) ? backlog.isNew(event, at) : !seen.has(event)));
  }

  #readFrom(number: number, isNew: (event: JournalStatusEvent, number: number) => boolean): void {
    const { accepts } = this.#options;
    const wants = (event: JournalStatusEvent, at: number) => isNew(event, at) && accepts(event);
    this.#live = this.#hub.subscribe(wants, number, (mark) => this.#readOnAfter(mark));
  }

  /** Replays what the hub has missed while this subscription waited. */
  #readOnAfter(mark: StatusMark | null): Promise<Result> {
    const position = mark && this.#isCoveredBy(mark.position) ? mark.position : this.#lastPosition;
    this.#live?.end();
    this.#live = null;
    this.#position = position;
    if (position) this.#resume(position);
    else this.#readFrom(this.#hub.end, () => true);
    return this.#nextOwn();
  }

  async #nextOwn(): Promise<Result> {
    try {
      while (!this.#hasLeft) {
        const found = this.#past ? await this.#nextPast(this.#past) : await this.#nextLive();
        if (found) return found;
      }
      return { done: true, value: undefined };
    } catch (error) {
      const streamError = this.#withCursor(error);
      await this.return();
      throw streamError;
    }
  }

  /** The next past event; null if the event was filtered out or the past has ended. */
  async #nextPast(past: ReplayedPast): Promise<Result | null> {
    const result = await past.next();
    if (this.#hasLeft) return null;
    if (!result.done) {
      const { event, position } = result.value;
      this.#aheadMs = this.#hub.isOwn(position) ? -Infinity : Math.max(this.#aheadMs, stampOf(event).ms);
      this.#position = position;
      return this.#options.accepts(event) ? result : null;
    }
    this.#past = null;
    this.#positioner = this.#position && new EventPositioner(this.#hub.now, this.#position);
    this.#readFrom(past.liveFrom, (event) => !past.seen.has(event));
    return null;
  }

  /**
   * The next live event; null if the window has dropped unread events, which are replayed next.
   *
   * @throws SlowConsumerError
   */
  async #nextLive(): Promise<Result | null> {
    if (!this.#live || this.#live.isLost) {
      this.#recover();
      return null;
    }
    const live = this.#live;
    const result = await live.next();
    // The live subscription was replaced meanwhile, and the result comes from its replacement.
    if (result.done || live !== this.#live) return result;
    if (!this.#positioner || this.#isCoveredBy(result.value.position)) {
      this.#positioner = null;
      return result;
    }
    const value = this.#positioner.advance(result.value.event);
    this.#position = value.position;
    return { done: false, value };
  }

  #recover(): void {
    const position = this.#lastPosition;
    if (!position || !this.#options.isTaking()) throw this.#hub.slowConsumer(position && encodeEventCursor(position));
    this.#live?.end();
    this.#live = null;
    this.#resume(position);
  }

  /** The position after the last delivered event. Null before the feed has begun. */
  get #lastPosition(): EventPosition | null {
    const last = this.#positioner ? null : this.#live?.last;
    return last?.position ?? this.#position ?? this.#hub.beginning?.position ?? null;
  }

  /**
   * Whether this position of the hub includes every event delivered so far. Once true, this also holds for later
   * positions.
   */
  #isCoveredBy(position: EventPosition | undefined): boolean {
    if (this.#aheadMs === -Infinity) return true;
    if (!position || !hasEvents(position) || position.floorMs < this.#aheadMs) return false;
    this.#aheadMs = -Infinity;
    return true;
  }

  /** Adds the cursor after which the client can resume. */
  #withCursor(error: unknown): unknown {
    const cursor = this.#lastPosition && encodeEventCursor(this.#lastPosition);
    if (error instanceof TooManyReplaysError) return new TooManyReplaysError(cursor);
    if (error instanceof StreamError) return error;
    const reason = messageOf(error);
    return new StreamInterruptedError(`the past could not be replayed: ${reason}`, cursor, error);
  }
}
