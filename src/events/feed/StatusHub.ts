import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

import { LRUCache } from 'lru-cache';

import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { lruCache } from '../../lruCache.ts';
import { steadyNow } from '../../upstream/transport/ApiClock.ts';

import { CrowdSearch } from '../cursor/CrowdSearch.ts';
import { encodeEventCursor } from '../cursor/eventCursor.ts';
import { beginningOf, isAhead, isBehind, isNamed, isReal } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import { EventWindow } from './EventWindow.ts';
import type { EventWindowOptions } from './EventWindow.ts';
import { PositionTracker } from '../cursor/PositionTracker.ts';
import { SlowConsumerError } from '../../errors/streamErrors.ts';
import { StatusSubscription } from './StatusSubscription.ts';

export interface StatusHubOptions {
  window?: EventWindowOptions | undefined;
  /** The API's clock, in unix ms. Default: this machine's. */
  now?: (() => number) | undefined;
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
  readonly #lastStatuses = new LRUCache<string, string>(lruCache(maxStatuses));
  /** Tells this hub's positions from others'. */
  readonly #feed = randomBytes(6).toString('base64url');
  readonly #beginning = new EventEmitter().setMaxListeners(0);
  readonly #forgetting: NodeJS.Timeout;
  /** The API's clock, in unix ms. */
  readonly now: () => number;
  /** Told by a new stream that began before the feed did: the API may have replayed them to a subscriber already. */
  readonly #aroundBeginning = new WeakSet<JournalStatusEvent>();
  #tracker: PositionTracker;
  #begunAt: StatusMark | null = null;
  #begunForSureMs = Infinity;
  #overflows = 0;

  constructor({ window, now = steadyNow }: StatusHubOptions = {}) {
    this.now = now;
    this.#tracker = new PositionTracker({ now });
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
    const position = beginningOf({ feed: this.#feed, told: 0 }, openedMs);
    this.#begunAt = { position, cursor: encodeEventCursor(position) };
    this.#begunForSureMs = openedMs + beginningMs;
    this.#tracker = PositionTracker.behind(this.#begunForSureMs, this.now);
    this.#beginning.emit('begun');
  }

  /** True for an event from before the feed began that a new stream may bring along: the clock is not finer than that. */
  isAroundBeginning(event: JournalStatusEvent): boolean {
    return this.#aroundBeginning.has(event);
  }

  /**
   * Never throws and never waits, however its subscribers fare: those that are behind find the event in the window.
   *
   * @param isOverlap the event may have been told before: its stream begins before it was opened
   */
  publish(event: JournalStatusEvent, isOverlap = false): void {
    if (isOverlap && stampOf(event).ms <= this.#begunForSureMs) this.#aroundBeginning.add(event);
    const positioned = this.#tracker.advance(event, { feed: this.#feed, told: this.end + 1 });
    this.#lastStatuses.set(event.journalId, event.rawStatusTo);
    this.#window.push(positioned);
    for (const subscription of this.#subscriptions) subscription.offer(positioned);
  }

  /**
   * @param accepts which events the subscriber wants, with their numbers; asked once for each, in their order
   * @param from the number of the first one to read. Default: what is published from now on
   */
  subscribe(accepts: (event: JournalStatusEvent, number: number) => boolean, from = this.end): StatusSubscription {
    const subscription = new StatusSubscription({
      accepts,
      from,
      window: this.#window,
      feedCursor: () => this.mark?.cursor ?? null,
      onEnd: (ended) => this.#subscriptions.delete(ended),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** What a subscription ends with whose client does not take what it is sent: here, so that it is counted. */
  tooSlow(cursor: string | null): SlowConsumerError {
    this.#overflows += 1;
    return new SlowConsumerError(cursor);
  }

  /** What has surely happened: everything up to the last place, with the events of the seconds before it by name. */
  get known(): KnownPast | null {
    const last = this.mark?.position;
    if (!last) return null;
    // The clock may have been set back since.
    const ms = Math.min(last.ms, this.now() + latenessMs);
    const recent = this.#window.latest(maxKnown).map(({ event }) => event);
    const isRecent = (at: number) => at >= ms - recentMs && at <= ms;
    return { ms, recent: recent.filter((event) => isRecent(stampOf(event).ms)) };
  }

  /** Gives the events of a subscriber who comes with a position places of its own. */
  trackerFrom(start: EventPosition): PositionTracker {
    return new PositionTracker({ now: this.now, start });
  }

  /** Whether this hub gave the position: everything up to there was told here. */
  isOwn({ place }: EventPosition): boolean {
    return place?.feed === this.#feed && place.told <= this.end;
  }

  /** Whether the position's last event was told here, by the position's own word or as far as the window reaches. */
  hasTold(position: EventPosition): boolean {
    return this.isOwn(position) || this.#window.numberOf(position.named.at(-1)?.token) !== -1;
  }

  /** The position with its crowd named one by one, as far as the window tells; see `CrowdSearch`. */
  resolve(position: EventPosition): EventPosition {
    if (!position.crowd || this.isOwn(position)) return position;
    const search = new CrowdSearch(position);
    for (const { event } of this.#window.latest(this.end)) search.see(event);
    search.settle();
    return search.resolved ?? position;
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
    const { place } = position;
    // By number: exact, in whatever order events arrived and whatever they are dated.
    if (place && this.isOwn(position))
      return this.reachesBackTo(place.told) ? { from: place.told, isNews: always } : null;
    const { start, lastForgotten } = this.#window;
    const wholeAfterMs = Math.max(lastForgotten?.position.ms ?? -Infinity, this.#begunForSureMs);
    if (position.crowd || position.floorMs < wholeAfterMs || !isReal(position)) return null;
    const last = this.#window.numberOf(position.named.at(-1)?.token);
    if (last === -1 && isAhead(position, this.now())) return null;
    // Another gateway heard them in another order: the names decide, and for what is told later than those the place.
    const isNews = (event: JournalStatusEvent, number: number) =>
      isBehind(position, event) || (last !== -1 && number > last && !isNamed(position, stampOf(event).token));
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
