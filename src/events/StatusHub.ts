import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

import { LRUCache } from 'lru-cache';

import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { growingTo } from '../growingTo.ts';

import { beginningOf, encodeEventCursor, isBehind, isNamed, isReal } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import { stampOf } from './eventStamp.ts';
import { EventWindow } from './EventWindow.ts';
import type { EventWindowOptions } from './EventWindow.ts';
import { PositionTracker } from './PositionTracker.ts';
import { SlowConsumerError } from './streamErrors.ts';
import { StatusSubscription } from './StatusSubscription.ts';

export interface StatusHubOptions {
  window?: EventWindowOptions | undefined;
}

/** Who listens, and what was told. */
export interface HubState {
  /** Those that have caught up with what happens. */
  subscribers: number;
  /** Events told since the start. */
  published: number;
  /** Subscriptions ended because their clients did not take what they were sent. */
  overflows: number;
}

/** A place among the events, as it was when it was taken. */
export interface StatusMark {
  readonly position: EventPosition;
  readonly cursor: string;
}

/** A replay has to bring what was told in so many ms before the last event, since it may be told in another order. */
const recentMs = 10_000;
/** Events that a replay has to bring before it counts as complete, at most. */
const maxKnown = 2_000;
/** The clock that tells when a feed begins has whole seconds, and may be told a little late, in ms. */
const beginningMs = 2_000;
const forgettingIntervalMs = 60_000;
/** Journals whose last status is remembered. */
const maxStatuses = 10_000;

/** What a replay has to bring before it counts as complete. */
export interface KnownPast {
  ms: number;
  /** Of the last seconds, since one that was told late stands before the last; none where a feed has only begun. */
  recent: readonly JournalStatusEvent[];
}

/** What the window holds behind a position. */
export interface Backlog {
  /** Everything before this number has been delivered. */
  readonly from: number;
  /** Whether the event of this number, and before `end`, has not been delivered yet. */
  readonly isNews: (event: JournalStatusEvent, number: number) => boolean;
}

/**
 * From one feed to many subscribers, who all read one window of what came last: it is the only bound, and however far
 * behind a subscriber is, it holds nothing of its own.
 */
export class StatusHub {
  readonly #window: EventWindow;
  readonly #subscriptions = new Set<StatusSubscription>();
  readonly #lastStatuses = new LRUCache<string, string>(growingTo(maxStatuses));
  /** Tells this hub's positions from others'. */
  readonly #feed = randomBytes(6).toString('base64url');
  readonly #beginning = new EventEmitter().setMaxListeners(0);
  readonly #forgetting: NodeJS.Timeout;
  #tracker = new PositionTracker();
  #begunAt: StatusMark | null = null;
  #begunForSureMs = Infinity;
  #overflows = 0;

  constructor({ window }: StatusHubOptions = {}) {
    this.#window = new EventWindow(window);
    this.#forgetting = setInterval(() => this.#window.forgetOld(), forgettingIntervalMs).unref();
  }

  get state(): HubState {
    return { subscribers: this.#subscriptions.size, published: this.end, overflows: this.#overflows };
  }

  /** The place behind everything published so far; null before the feed has begun. Costs nothing until it is read. */
  get mark(): StatusMark | null {
    return this.#window.last ?? this.#begunAt;
  }

  /** Where the feed began: everything published is behind it. Null before. */
  get beginning(): StatusMark | null {
    return this.#begunAt;
  }

  /**
   * The feed begins. A reader who starts at `openedMs` misses nothing, and only what is later than that by two seconds
   * is sure to have been published here.
   */
  begin(openedMs: number): void {
    if (this.#begunAt) return;
    const position = beginningOf(this.#feed, openedMs);
    this.#begunAt = { position, cursor: encodeEventCursor(position) };
    this.#begunForSureMs = openedMs + beginningMs;
    this.#tracker = PositionTracker.behind(this.#begunForSureMs, this.#feed);
    this.#beginning.emit('begun');
  }

  /** True for an event from before the feed began that a new stream may bring along: the clock is not finer than that. */
  isAroundBeginning(event: JournalStatusEvent): boolean {
    return stampOf(event).ms <= this.#begunForSureMs;
  }

  /** Never throws and never waits, however its subscribers fare: those that are behind find the event in the window. */
  publish(event: JournalStatusEvent): void {
    const positioned = this.#tracker.advance(event);
    this.#lastStatuses.set(event.journalId, event.rawStatusTo);
    this.#window.push(positioned);
    for (const subscription of this.#subscriptions) subscription.offer(positioned);
  }

  /**
   * @param accepts which events the subscriber wants, with their numbers; asked once for each, in their order
   * @param from the number of the first one to read. Default: what is published from now on
   */
  subscribe(
    accepts: (event: JournalStatusEvent, number: number) => boolean,
    startsAfter: string | null,
    from = this.end,
  ): StatusSubscription {
    const subscription = new StatusSubscription({
      accepts,
      startsAfter,
      from,
      window: this.#window,
      feedCursor: () => this.mark?.cursor ?? null,
      tooSlow: (cursor) => this.tooSlow(cursor),
      onEnd: (ended) => this.#subscriptions.delete(ended),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** What a subscription ends with whose client does not take what it is sent: here, so that it is counted. */
  tooSlow(cursor: string | null): SlowConsumerError {
    this.#overflows += 1;
    // Who was there before the feed began has a place all the same: everything is behind its beginning.
    return new SlowConsumerError(cursor ?? this.#begunAt?.cursor ?? null);
  }

  /** What has surely happened: everything up to the last place, with the events of the seconds before it by name. */
  get known(): KnownPast | null {
    const last = this.mark?.position;
    if (!last) return null;
    const recent = this.#window.latest(maxKnown).map(({ event }) => event);
    return { ms: last.ms, recent: recent.filter((event) => stampOf(event).ms >= last.ms - recentMs) };
  }

  /** Whether this hub gave the position: everything up to there was told here. */
  isOwn({ feed }: EventPosition): boolean {
    return feed === this.#feed;
  }

  /** Whether the position's last event was told here, by the position's own word or as far as the window reaches. */
  hasTold(position: EventPosition): boolean {
    return this.isOwn(position) || this.#window.numberOf(position.tokens.at(-1)) !== -1;
  }

  /** Fulfilled once the feed has begun, or when the signal ends the wait; who has gone leaves nothing behind. */
  async hasBegun(signal: AbortSignal): Promise<void> {
    if (!this.#begunAt) await once(this.#beginning, 'begun', { signal }).catch(() => undefined);
  }

  /** The number that the next event gets. */
  get end(): number {
    return this.#window.end;
  }

  /** Whether the window still holds everything that was published under this number and later ones. */
  reachesBackTo(number: number): boolean {
    return number >= this.#window.start;
  }

  /** What was published behind the position; null when the window doesn't surely reach back to it. */
  backlogAfter(position: EventPosition): Backlog | null {
    const { start, lastForgotten } = this.#window;
    const isOwn = this.isOwn(position);
    if (!isReal(position)) return isOwn && !lastForgotten ? { from: start, isNews: always } : null;
    const place = this.#window.numberOf(position.tokens.at(-1));
    // By place: exact, in whatever order events arrived.
    if (isOwn && place !== -1) return { from: place + 1, isNews: always };
    const wholeAfterMs = Math.max(lastForgotten?.position.ms ?? -Infinity, this.#begunForSureMs);
    if (position.floorMs < wholeAfterMs) return null;
    // Another gateway heard them in another order: the names decide, and for what is told later than those the place.
    const isNews = (event: JournalStatusEvent, number: number) =>
      isBehind(position, event) || (place !== -1 && number > place && !isNamed(position, stampOf(event).token));
    return { from: start, isNews };
  }

  /** The API's word for where the journal's last event took it; undefined when it had none recently. */
  lastStatusOf(journalId: string): string | undefined {
    return this.#lastStatuses.get(journalId);
  }

  /** Ends every subscription; each subscriber has its last cursor. */
  close(): void {
    clearInterval(this.#forgetting);
    for (const subscription of this.#subscriptions) subscription.end();
  }
}

function always(): boolean {
  return true;
}
