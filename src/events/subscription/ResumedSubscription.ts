import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { encodeEventCursor } from '../cursor/eventCursor.ts';
import { isReal } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { stampOf } from '../cursor/eventStamp.ts';
import { SeenEvents } from './SeenEvents.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { PositionTracker } from '../cursor/PositionTracker.ts';
import { ReplayedPast } from './ReplayedPast.ts';
import type { StatusHistory } from '../replay/StatusHistory.ts';
import type { StatusHub } from '../feed/StatusHub.ts';
import type { StatusReader } from '../feed/StatusReader.ts';
import type { StatusSubscription } from '../feed/StatusSubscription.ts';
import { StreamError, StreamInterruptedError, TooManyReplaysError } from '../../errors/streamErrors.ts';
import { messageOf } from '../../errors/messageOf.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

export interface ResumedSubscriptionOptions {
  accepts: (event: JournalStatusEvent) => boolean;
  /** Null: what happens from now on. */
  after: EventPosition | null;
  /** Whether the client has taken what it was sent lately. */
  isTaking: () => boolean;
}

/**
 * Everything behind a position, then what comes. The past comes from the hub's window, else from the API; what happens
 * meanwhile is read from the window too, under the number that was next when the past was asked for, so that nothing
 * falls between. A subscriber that the window has left behind goes on as one that comes back with its last cursor does,
 * unless its client doesn't take what it is sent: then that is what it is told.
 */
export class ResumedSubscription implements StatusReader {
  readonly #hub: StatusHub;
  readonly #history: StatusHistory;
  readonly #options: ResumedSubscriptionOptions;
  /** Where it began or came back, then its last place that the hub did not give; null while the feed had not begun. */
  #place: EventPosition | null;
  /** Positions of what is read live before the hub's own say what was had: they know nothing of a replay. */
  #tracker: PositionTracker | null = null;
  /** When the last event happened that the subscriber has had and the hub may not have told; -Infinity when it has told all. */
  #hadMs = -Infinity;
  #past: ReplayedPast | null = null;
  #live: StatusSubscription | null = null;
  #hasLeft = false;

  constructor(hub: StatusHub, history: StatusHistory, options: ResumedSubscriptionOptions) {
    this.#hub = hub;
    this.#history = history;
    this.#options = options;
    this.#place = options.after ?? hub.mark?.position ?? null;
    if (options.after) this.#resume(options.after);
    else this.#live = hub.subscribe(options.accepts);
  }

  /** The hub's place, once that says what was had from elsewhere too: before, the subscriber's own is better. */
  get restingCursor(): string | null {
    const cursor = this.#live?.restingCursor ?? null;
    return cursor !== null && this.#isLevelWith(this.#hub.mark?.position) ? cursor : null;
  }

  next(): Promise<Result> {
    // Most have nothing of their own to add: at hundreds of thousands of events a second a promise between counts.
    if (this.#live && !this.#tracker && !this.#live.isLost) return this.#live.next();
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
    const had = new SeenEvents(hub, resolved);
    const backlog = hub.backlogAfter(resolved);
    this.#place = after;
    this.#hadMs = hub.isOwn(after) || !isReal(after) ? -Infinity : after.ms;
    if (!backlog) {
      this.#past = new ReplayedPast(hub, this.#history, after, had);
      return;
    }
    // What the hub tells behind a place of its own has the hub's places.
    this.#tracker = this.#hadMs === -Infinity ? null : hub.trackerFrom(after);
    const { end } = hub;
    this.#readFrom(backlog.from, (event, at) => (at < end ? backlog.isNews(event, at) : !had.has(event)));
  }

  #readFrom(number: number, isNews: (event: JournalStatusEvent, number: number) => boolean): void {
    const { accepts } = this.#options;
    this.#live = this.#hub.subscribe((event, at) => isNews(event, at) && accepts(event), number);
  }

  async #nextOwn(): Promise<Result> {
    try {
      while (!this.#hasLeft) {
        const found = this.#past ? await this.#nextPast(this.#past) : await this.#nextLive();
        if (found) return found;
      }
      return { done: true, value: undefined };
    } catch (error) {
      const told = this.#withCursor(error);
      await this.return();
      throw told;
    }
  }

  /** Null for an event that the subscriber doesn't want, and at the end of the past. */
  async #nextPast(past: ReplayedPast): Promise<Result | null> {
    const positioned = await past.next();
    if (this.#hasLeft) return null;
    if (positioned) {
      const { event, position } = positioned;
      this.#hadMs = Math.max(this.#hadMs, stampOf(event).ms);
      this.#place = position;
      return this.#options.accepts(event) ? { done: false, value: positioned } : null;
    }
    const { had, unread } = past;
    this.#past = null;
    this.#tracker = this.#place && this.#hub.trackerFrom(this.#place);
    this.#readFrom(unread, (told) => !had.has(told));
    return null;
  }

  /** Null where the window has lost the place and the past is to be read. @throws SlowConsumerError */
  async #nextLive(): Promise<Result | null> {
    if (!this.#live || this.#live.isLost) {
      this.#recover();
      return null;
    }
    const result = await this.#live.next();
    if (result.done) return result;
    if (!this.#tracker || this.#isLevelWith(result.value.position)) {
      this.#tracker = null;
      return result;
    }
    const value = this.#tracker.advance(result.value.event);
    this.#place = value.position;
    return { done: false, value };
  }

  #recover(): void {
    const place = this.#at;
    if (!place || !this.#options.isTaking()) throw this.#hub.tooSlow(place && encodeEventCursor(place));
    this.#live?.end();
    this.#live = null;
    this.#resume(place);
  }

  /** Behind the last event that was delivered; null while the feed has not begun. */
  get #at(): EventPosition | null {
    const last = this.#tracker ? null : this.#live?.last;
    return last?.position ?? this.#place ?? this.#hub.beginning?.position ?? null;
  }

  /** Whether who goes on from this place of the hub is told nothing again; once so, it stays so. */
  #isLevelWith(place: EventPosition | undefined): boolean {
    if (this.#hadMs === -Infinity) return true;
    if (!place || !isReal(place) || place.floorMs < this.#hadMs) return false;
    this.#hadMs = -Infinity;
    return true;
  }

  /** Whatever ends it early says where to go on. */
  #withCursor(error: unknown): unknown {
    const cursor = this.#at && encodeEventCursor(this.#at);
    if (error instanceof TooManyReplaysError) return new TooManyReplaysError(cursor);
    if (error instanceof StreamError) return error;
    const reason = messageOf(error);
    return new StreamInterruptedError(`the past could not be replayed: ${reason}`, cursor, error);
  }
}
