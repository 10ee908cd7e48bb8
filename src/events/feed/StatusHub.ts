import { randomBytes } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { Deferred } from '../../concurrency/Deferred.ts';
import { waitFor } from '../../concurrency/waitFor.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { lruCache } from '../../lruCache.ts';
import { steadyNow } from '../../upstream/transport/ApiClock.ts';

import { encodeEventCursor } from '../cursor/eventCursor.ts';
import { beginningAt, beginningErrorMs, hasEvents, isAfter, isAhead, isNamed } from '../cursor/eventPosition.ts';
import type { EventPosition, HubOffset } from '../cursor/eventPosition.ts';
import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import type { StatusMark } from '../cursor/PositionedEvent.ts';
import { EventWindow } from './EventWindow.ts';
import type { EventWindowOptions } from './EventWindow.ts';
import { OffsetRuns } from '../cursor/OffsetRuns.ts';
import { EventPositioner } from '../cursor/EventPositioner.ts';
import { mayBeInDigest, resolveDigest } from '../cursor/resolveDigest.ts';
import { SlowConsumerError } from '../../errors/subscriptionErrors.ts';
import { StatusSubscription } from './StatusSubscription.ts';
import type { StatusSubscriptionOptions } from './StatusSubscription.ts';

export interface StatusHubOptions {
  window?: EventWindowOptions | undefined;
  /** The API's clock, in unix ms. Default: this machine's. */
  now?: (() => number) | undefined;
}

export interface HubState {
  /** Subscribers that read live events. */
  subscribers: number;
  /** Events published since startup. */
  published: number;
  /** Subscriptions that were ended because their clients did not read. */
  overflows: number;
}

/**
 * A replay must contain the events of this time before the last event, in ms: the last event alone does not suffice,
 * because the order of a replay may differ from the feed's.
 */
const recentMs = 10_000;
/** The maximum number of events that a replay must contain before it counts as complete. */
const maxExpected = 2_000;
const dropIntervalMs = 60_000;
/** Maximum number of journals whose last status is kept. */
const maxStatuses = 10_000;

/** What a replay has to contain before it counts as complete. */
export interface ExpectedPast {
  /** When the feed's latest event happened or, before the first event, when the feed began. */
  ms: number;
  /**
   * The events of the last seconds, since a replay may have them in another order. Empty when the feed has just begun.
   */
  recent: readonly JournalStatusEvent[];
}

/** The events of the window that a reader at a position has not received. */
export interface Backlog {
  /** The number from which to read the window: all earlier events were delivered. */
  readonly from: number;
  /** Whether an event of the window with this number was not delivered yet. */
  readonly isNew: (event: JournalStatusEvent, number: number) => boolean;
  /** Whether `isNew` also applies to events that are published after the backlog was computed. */
  readonly isExact: boolean;
}

/**
 * Publishes one feed to many subscribers. All read the same window of the latest events, which is the only buffer: a
 * subscriber that falls behind costs no memory.
 */
export class StatusHub {
  readonly #window: EventWindow;
  readonly #subscriptions = new Set<StatusSubscription>();
  readonly #lastStatuses = new LRUCache<string, string>(lruCache(maxStatuses));
  /** Maps the numbers of the window to the offsets in positions. */
  readonly offsets = new OffsetRuns(randomBytes(6).toString('base64url'));
  readonly #awaitingBeginning = new Set<Deferred>();
  readonly #dropTimer: NodeJS.Timeout;
  /** The API's clock, in unix ms. */
  readonly now: () => number;
  /** Events from before or around the beginning that only a later stream brought. A replay may have contained them. */
  readonly #aroundBeginning = new WeakSet<JournalStatusEvent>();
  #positioner: EventPositioner;
  #beginning: StatusMark | null = null;
  /** Everything later than this was published. */
  #completeSinceMs = Infinity;
  #overflows = 0;

  constructor({ window, now = steadyNow }: StatusHubOptions = {}) {
    this.now = now;
    this.#positioner = new EventPositioner(now, beginningAt(-Infinity));
    this.#window = new EventWindow(window);
    this.#dropTimer = setInterval(() => this.#dropOld(), dropIntervalMs).unref();
  }

  get state(): HubState {
    return { subscribers: this.#subscriptions.size, published: this.end, overflows: this.#overflows };
  }

  /**
   * The position after everything published so far; null before the feed has begun. The cursor is encoded on demand.
   */
  get mark(): StatusMark | null {
    return this.#window.last ?? this.#beginning;
  }

  /** The position before everything published; null before the feed has begun. */
  get beginning(): StatusMark | null {
    return this.#beginning;
  }

  /**
   * Marks the beginning of the feed. A reader that starts at `openedMs` misses nothing; every event later than two
   * seconds after `openedMs` is published here.
   */
  begin(openedMs: number): void {
    if (this.#beginning) return;
    const position = beginningAt(openedMs, this.offsets.at(this.end));
    this.#beginning = { position, cursor: encodeEventCursor(position) };
    this.#completeSinceMs = openedMs + beginningErrorMs;
    this.#positioner = new EventPositioner(this.now, beginningAt(this.#completeSinceMs));
    for (const { resolve } of this.#awaitingBeginning) resolve();
  }

  isAroundBeginning(event: JournalStatusEvent): boolean {
    return this.#aroundBeginning.has(event);
  }

  /**
   * Publishes an event. Never throws and never waits: subscribers that are behind read the event from the window later.
   *
   * @param isOverlap the event is from the part of a stream that repeats the past
   */
  publish(event: JournalStatusEvent, isOverlap = false): void {
    if (isOverlap && stampOf(event).ms <= this.#completeSinceMs) this.#aroundBeginning.add(event);
    const positioned = this.#positioner.advance(event, this.offsets.at(this.end + 1));
    this.#lastStatuses.set(event.journalId, event.rawStatusTo);
    this.#window.push(positioned);
    for (const subscription of this.#subscriptions) subscription.offer(positioned);
  }

  /**
   * @param accepts which events the subscriber wants, by event and number. Called once per event, in order
   * @param from the number of the first event to read. Default: the next one to be published
   * @param onLost see `StatusSubscription`. Default: the subscription ends
   */
  subscribe(
    accepts: (event: JournalStatusEvent, number: number) => boolean,
    from = this.end,
    onLost: StatusSubscriptionOptions['onLost'] = () => Promise.resolve({ done: true, value: undefined }),
  ): StatusSubscription {
    const subscription = new StatusSubscription({
      accepts,
      from,
      window: this.#window,
      feedCursor: () => this.mark?.cursor ?? null,
      onEnd: (ended) => this.#subscriptions.delete(ended),
      onLost,
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Counts a subscription whose client does not read, and returns the error for it. */
  slowConsumer(cursor: string | null): SlowConsumerError {
    this.#overflows += 1;
    return new SlowConsumerError(cursor);
  }

  /** What a replay must contain to be complete; null before the feed has begun. */
  get expectedPast(): ExpectedPast | null {
    const last = this.mark?.position;
    if (!last) return null;
    // The clock may have been set back since.
    const ms = Math.min(last.ms, this.now() + latenessMs);
    const recent = this.#window.latest(maxExpected);
    const isRecent = (at: number) => at >= ms - recentMs && at <= ms;
    return { ms, recent: recent.filter((event) => isRecent(stampOf(event).ms)) };
  }

  /**
   * Whether the position has an offset of this hub, or of the log that it reads: everything up to it is published here.
   */
  isOwn({ offset }: EventPosition): boolean {
    return offset !== undefined && this.offsets.knows(offset, this.end);
  }

  /**
   * Drops all events, because some are missing before the next one. Subscriptions resume from a replay. `begin` must be
   * called next.
   */
  restart(): void {
    const mark = this.mark;
    this.#window.clear();
    this.#beginning = null;
    this.#completeSinceMs = Infinity;
    for (const subscription of this.#subscriptions) subscription.lose(mark);
  }

  /** Whether the position's last event was published here, as far as its offset or the window shows. */
  hasPublished(position: EventPosition): boolean {
    return this.isOwn(position) || this.#window.numberOf(position.named.at(-1)?.token) !== -1;
  }

  /** The position with names in place of its digest, if the window has the events; see `resolveDigest`. */
  resolve(position: EventPosition): EventPosition {
    if (!position.digest || this.isOwn(position)) return position;
    const candidates = this.#window.latest().filter((event) => mayBeInDigest(event, position));
    return resolveDigest(position, candidates) ?? position;
  }

  /** Whether any subscriber exists or waits for the feed to begin. */
  get hasReaders(): boolean {
    return this.#subscriptions.size + this.#awaitingBeginning.size > 0;
  }

  /**
   * Fulfilled once the feed has begun or the signal is aborted. One shared promise would keep every waiter in memory.
   */
  async untilBegun(signal: AbortSignal): Promise<void> {
    if (this.#beginning) return;
    const begun = new Deferred();
    this.#awaitingBeginning.add(begun);
    await waitFor(begun.promise, { signal });
    this.#awaitingBeginning.delete(begun);
  }

  /** The number of the next event. */
  get end(): number {
    return this.#window.end;
  }

  /** Whether the window still holds the event with this number and all later ones. */
  reachesBackTo(number: number): boolean {
    return number >= this.#window.start;
  }

  /** What was published after the position; null when the window may not reach back to it. */
  backlogAfter(position: EventPosition): Backlog | null {
    const { offset } = position;
    if (offset && this.isOwn(position)) return this.#exactBacklog(position, offset);
    const { start, lastDropped } = this.#window;
    const completeSinceMs = Math.max(lastDropped?.position.ms ?? -Infinity, this.#completeSinceMs);
    if (position.digest || position.floorMs < completeSinceMs || !hasEvents(position)) return null;
    const last = this.#window.numberOf(position.named.at(-1)?.token);
    if (last === -1 && isAhead(position, this.now())) return null;
    // Another gateway may have received the events in a different order: the names decide, and after the last named
    // event, all others are new.
    const isNew = (event: JournalStatusEvent, number: number) =>
      isAfter(event, position) || (last !== -1 && number > last && !isNamed(position, stampOf(event).token));
    return { from: start, isNew, isExact: false };
  }

  /** The backlog after an offset, which is exact whatever the order and the dates of the events. */
  #exactBacklog(position: EventPosition, offset: HubOffset): Backlog | null {
    const number = this.offsets.numberAfter(offset, this.end);
    if (number === null || !this.reachesBackTo(number)) return null;
    // The offset may be ahead of this gateway. Events are compared by number while this gateway reads the same log, and
    // by the position if it stops reading that log.
    const { hub } = this.offsets.at(this.end);
    const isNew = (event: JournalStatusEvent, at: number) =>
      at >= number || (this.offsets.at(at).hub !== hub && isAfter(event, position));
    return { from: Math.min(number, this.end), isNew, isExact: true };
  }

  /** The status after the journal's last event, as the API spells it; undefined if there was no recent event. */
  lastStatusOf(journalId: string): string | undefined {
    return this.#lastStatuses.get(journalId);
  }

  /** The events of the window that happened after a time, in ms. */
  eventsAfter(ms: number): JournalStatusEvent[] {
    return this.#window.latest().filter((event) => stampOf(event).ms > ms);
  }

  #dropOld(): void {
    this.#window.dropOld();
    this.offsets.drop(this.#window.start);
  }

  /** Ends every subscription. */
  close(): void {
    clearInterval(this.#dropTimer);
    for (const subscription of this.#subscriptions) subscription.end();
  }
}
