import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { hasEvents } from './eventPosition.ts';
import type { EventPosition, HubOffset, InstantDigest } from './eventPosition.ts';
import { addToken, justBefore, latenessMs, stampOf } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';
import { PositionedEvent } from './PositionedEvent.ts';

/** How many events a position names at most, besides the last one. */
const maxNamed = 16;
/** The time of a position without events. */
const none = 0;
/** The estimate of the API's clock improves over time. A larger step back means that the clock was set back, in ms. */
export const setBackMs = 5_000;

/**
 * Gives each event of a stream its position. Events may arrive out of order: a position names the latest events by
 * their own time, so that an event that is late or dated ahead is neither lost nor repeated.
 */
export class EventPositioner {
  readonly #now: () => number;
  #lastNow: number;
  #ms: number;
  #floorMs: number;
  #digest: InstantDigest | undefined;
  /** In the order of arrival. */
  #named: readonly EventStamp[];

  /**
   * @param now the API's clock, in Unix ms: an event that is dated far ahead of it does not move positions to its date
   * @param start the position before the first event
   */
  constructor(now: () => number, start: EventPosition) {
    this.#now = now;
    this.#lastNow = now();
    // The time of a beginning comes from a clock and not from an event, so earlier events may follow.
    this.#ms = hasEvents(start) ? start.ms : none;
    this.#floorMs = start.floorMs;
    this.#digest = start.digest;
    this.#named = start.named;
  }

  /** @param offset the offset after the event if a hub publishes the event; a replayed event has no offset */
  advance(event: JournalStatusEvent, offset?: HubOffset): PositionedEvent {
    const nowMs = this.#now();
    if (nowMs < this.#lastNow - setBackMs) this.#stepBack(nowMs);
    this.#lastNow = nowMs;
    const stamp = stampOf(event);
    const past = [...this.#named, stamp].filter(({ ms }) => ms <= nowMs + latenessMs);
    this.#ms = past.reduce((latest, { ms }) => Math.max(latest, ms), this.#ms);
    this.#forget();
    this.#named = [...this.#named, stamp];
    return new PositionedEvent(event, this.#positionAt(offset));
  }

  #positionAt(offset: HubOffset | undefined): EventPosition {
    const named = this.#named;
    // True while every event so far was dated ahead of the API's clock.
    if (this.#ms === none) return { ms: this.#floorMs, floorMs: this.#floorMs, named, offset };
    const floorMs = this.#floor;
    const digest = this.#digest && this.#digest.ms > floorMs ? this.#digest : undefined;
    return { ms: this.#ms, floorMs, named, digest, offset };
  }

  /** Below the time of the latest event, since a feed may begin with events from before it became complete. */
  get #floor(): number {
    return Math.max(Math.min(this.#floorMs, justBefore(this.#ms)), this.#ms - latenessMs);
  }

  /** Makes room for one more name: drops names that are too old and, if there are too many, the oldest ones. */
  #forget(): void {
    const oldestMs = this.#ms - latenessMs;
    this.#floorMs = Math.max(this.#floorMs, oldestMs);
    if (this.#digest && this.#digest.ms <= oldestMs) this.#digest = undefined;
    if (this.#named.some(({ ms }) => ms <= oldestMs)) this.#named = this.#named.filter(({ ms }) => ms > oldestMs);
    const excess = this.#named.length - maxNamed;
    if (excess <= 0) return;
    const oldest = new Set(this.#named.toSorted((a, b) => a.ms - b.ms).slice(0, excess));
    this.#named = this.#named.filter((stamp) => !oldest.has(stamp));
    for (const stamp of oldest) this.#dropName(stamp);
  }

  /** Raises the floor to an instant only when a name of a later instant is dropped: more of its events may arrive. */
  #dropName({ ms, token, isLatest = false }: EventStamp): void {
    const digest = this.#digest;
    if (ms <= this.#floor) return;
    this.#ms = Math.max(this.#ms, ms);
    if (isLatest || (digest && ms < digest.ms)) {
      this.#floorMs = Math.max(this.#floorMs, ms);
    } else if (digest && ms === digest.ms) {
      this.#digest = { ms, count: digest.count + 1, sum: addToken(digest.sum, token) };
    } else {
      this.#floorMs = Math.max(this.#floorMs, digest?.ms ?? -Infinity);
      this.#digest = { ms, count: 1, sum: addToken(0, token) };
    }
  }

  /** To be called when the API's clock was set back. In the time that the clock repeats, only named ones count as delivered. */
  #stepBack(nowMs: number): void {
    this.#ms = none;
    this.#floorMs = Math.min(this.#floorMs, nowMs);
    if (this.#digest && this.#digest.ms > nowMs) this.#digest = undefined;
    this.#named = this.#named.filter(({ ms }) => ms <= nowMs + latenessMs);
  }
}
