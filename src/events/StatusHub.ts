import { randomUUID } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { encodeEventCursor, eventMs, isBehind, isReal } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import type { PositionedEvent } from './PositionedEvent.ts';
import { PositionTracker } from './PositionTracker.ts';
import { StatusSubscription } from './StatusSubscription.ts';

export interface StatusHubOptions {
  /** Events kept for those who resume, at most. Default 10,000. */
  windowMax?: number;
  /** Events that may wait for one subscriber, at most. Default 1,000. */
  queueMax?: number;
}

/** A place among the events, as it was when it was taken. */
export interface StatusMark {
  readonly position: EventPosition;
  readonly cursor: string;
}

/** Events of different accounts may be told so much out of order, in ms. */
const recentMs = 10_000;
/** Events that a replay has to bring before it counts as complete, at most. */
const maxKnown = 2_000;

/** What a replay has to bring before it counts as complete. */
export interface KnownPast {
  ms: number;
  /** Of the last seconds, since one that was told late stands before the last; none where a feed has only begun. */
  recent: readonly { id: string; ms: number }[];
}

/** From one feed to many subscribers: one bounded queue each, and a window of what came last. */
export class StatusHub {
  readonly #windowMax: number;
  readonly #queueMax: number;
  readonly #subscriptions = new Set<StatusSubscription>();
  readonly #tracker = new PositionTracker();
  readonly #lastStatuses: LRUCache<string, string>;
  /** Tells this hub's beginning from others'. */
  readonly #feed = randomUUID();
  #window: PositionedEvent[] = [];
  #begunAt: StatusMark | null = null;
  /** Every event later than this was published here; those of its own millisecond perhaps not. */
  #wholeAfterMs = Infinity;
  readonly #begun = announcement();
  #begunForSureMs = -Infinity;
  #isTrimmed = false;

  constructor({ windowMax = 10_000, queueMax = 1_000 }: StatusHubOptions = {}) {
    this.#windowMax = windowMax;
    this.#queueMax = queueMax;
    this.#lastStatuses = new LRUCache({ max: windowMax });
  }

  /** The place behind everything published so far; null before the feed has begun. Costs nothing until it is read. */
  get mark(): StatusMark | null {
    return this.#window.at(-1) ?? this.#begunAt;
  }

  /**
   * The feed begins. Its clock has whole seconds and may be told a little late: a reader who starts at `openedMs`
   * misses nothing, and only what is later than that by two seconds is sure to have been published here.
   */
  begin(openedMs: number): void {
    if (this.#begunAt) return;
    const position = { ms: openedMs, ids: [], feed: this.#feed };
    this.#begunAt = { position, cursor: encodeEventCursor(position) };
    this.#begunForSureMs = openedMs + 2_000;
    this.#wholeAfterMs = this.#begunForSureMs;
    this.#begun.announce();
  }

  /** True for an event from before the feed began that a new stream may bring along: the clock is not finer than that. */
  isAroundBeginning(event: JournalStatusEvent): boolean {
    return eventMs(event) <= this.#begunForSureMs;
  }

  /** Never throws and never waits, however its subscribers fare. */
  publish(event: JournalStatusEvent): void {
    const positioned = this.#tracker.advance(event);
    this.#lastStatuses.set(event.journalId, event.rawStatusTo);
    this.#window.push(positioned);
    if (this.#window.length > this.#windowMax * 1.25) this.#trim();
    for (const subscription of this.#subscriptions) subscription.offer(positioned);
  }

  subscribe(accepts: (event: JournalStatusEvent) => boolean, startsAfter: string | null): StatusSubscription {
    const subscription = new StatusSubscription({
      accepts,
      startsAfter,
      maxQueued: this.#queueMax,
      onEnd: (ended) => this.#subscriptions.delete(ended),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** What has surely happened: everything up to the last place, with the events of the seconds before it by name. */
  get known(): KnownPast | null {
    const last = this.mark?.position;
    if (!last) return null;
    const recent = this.#window.slice(-maxKnown).map(({ event }) => ({ id: event.id, ms: eventMs(event) }));
    return { ms: last.ms, recent: recent.filter(({ ms }) => ms >= last.ms - recentMs) };
  }

  /** Fulfilled once the feed has begun. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** What was published behind the position, in order; null when the window doesn't surely reach back to it. */
  backlogAfter(position: EventPosition): PositionedEvent[] | null {
    if (position.feed === this.#feed && !this.#isTrimmed) return [...this.#window];
    const last = position.ids.at(-1);
    const index = last === undefined ? -1 : this.#window.findLastIndex(({ event }) => event.id === last);
    if (index !== -1) return this.#windowBehind(position, index);
    return isReal(position) && position.ms > this.#wholeAfterMs
      ? this.#window.filter(({ event }) => isBehind(position, event))
      : null;
  }

  /**
   * By place where the window has the event: exact, even when events arrived out of order. Another gateway may have
   * heard the events of that millisecond in another order, so there the cursor's list decides.
   */
  #windowBehind(position: EventPosition, index: number): PositionedEvent[] {
    const isMissing = ({ event }: PositionedEvent) => !position.ids.includes(event.id);
    const before = this.#window.slice(0, index).filter(({ event }) => eventMs(event) === position.ms);
    return [...before, ...this.#window.slice(index + 1)].filter(isMissing);
  }

  /** The API's word for where the journal's last event took it; undefined when it had none recently. */
  lastStatusOf(journalId: string): string | undefined {
    return this.#lastStatuses.get(journalId);
  }

  /** Ends every subscription; each subscriber has its last cursor. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription.end();
  }

  /** In steps, so that an event doesn't cost a copy of the window. */
  #trim(): void {
    this.#isTrimmed = true;
    const dropped = this.#window.length - this.#windowMax;
    this.#wholeAfterMs = this.#window[dropped - 1]?.position.ms ?? this.#wholeAfterMs;
    this.#window = this.#window.slice(dropped);
  }
}

function announcement(): { promise: Promise<void>; announce: () => void } {
  let announce: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (announce = resolve));
  return { promise, announce };
}
