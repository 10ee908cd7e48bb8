import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { hasEvents } from './eventPosition.ts';
import type { EventPosition, HubOffset, InstantDigest } from './eventPosition.ts';
import { addToken, justBefore, latenessMs, stampOf } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';
import { PositionedEvent } from './PositionedEvent.ts';

/** The maximum number of events that a position names besides the last one. */
const maxNamed = 16;
/** The value of `#ms` while no event is known that has happened by the API's clock. */
const noEventMs = 0;
/**
 * How far the API's time must step back before the clock counts as set back, in ms. Smaller steps occur when the
 * gateway improves its estimate of this clock.
 */
export const setBackMs = 5_000;

/**
 * Assigns each event of a stream its position. Events may arrive out of order: a position lists the events with the
 * latest timestamps, so that an event that is late or dated ahead is neither lost nor repeated.
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
   * @param now returns the API's time, in Unix ms. An event dated more than `latenessMs` after it does not advance `ms`
   * @param start the position before the first event
   */
  constructor(now: () => number, start: EventPosition) {
    this.#now = now;
    this.#lastNow = now();
    // At the beginning of a feed, `start.ms` was read from a clock and not from an event, so earlier events may follow.
    this.#ms = hasEvents(start) ? start.ms : noEventMs;
    this.#floorMs = start.floorMs;
    this.#digest = start.digest;
    this.#named = start.named;
  }

  /** @param offset the offset after the event in the hub or the shared log; events of the API's replays have none */
  advance(event: JournalStatusEvent, offset?: HubOffset): PositionedEvent {
    const nowMs = this.#now();
    if (nowMs < this.#lastNow - setBackMs) this.#stepBack(nowMs);
    this.#lastNow = nowMs;
    const stamp = stampOf(event);
    const past = [...this.#named, stamp].filter(({ ms }) => ms <= nowMs + latenessMs);
    this.#ms = past.reduce((latest, { ms }) => Math.max(latest, ms), this.#ms);
    this.#dropNames();
    this.#named = [...this.#named, stamp];
    return new PositionedEvent(event, this.#positionAt(offset));
  }

  #positionAt(offset: HubOffset | undefined): EventPosition {
    const named = this.#named;
    // True while every event so far was dated ahead of the API's clock.
    if (this.#ms === noEventMs) return { ms: this.#floorMs, floorMs: this.#floorMs, named, offset };
    const floorMs = this.#floor;
    const digest = this.#digest && this.#digest.ms > floorMs ? this.#digest : undefined;
    return { ms: this.#ms, floorMs, named, digest, offset };
  }

  /**
   * The floor of the next position. It is always below `#ms`, even if `#floorMs` is not: a feed may begin with events
   * from before the time since which it is complete.
   */
  get #floor(): number {
    return Math.max(Math.min(this.#floorMs, justBefore(this.#ms)), this.#ms - latenessMs);
  }

  /** Makes room for one more name: drops names that are too old and, if there are too many, the oldest ones. */
  #dropNames(): void {
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

  /**
   * Adds a dropped name to the digest. Raises the floor to an instant only when a name of a later instant is dropped,
   * since more events of the same instant may arrive.
   */
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

  /** Adapts to a clock that was set back. In the time that the clock repeats, only named events count as delivered. */
  #stepBack(nowMs: number): void {
    this.#ms = noEventMs;
    this.#floorMs = Math.min(this.#floorMs, nowMs);
    if (this.#digest && this.#digest.ms > nowMs) this.#digest = undefined;
    this.#named = this.#named.filter(({ ms }) => ms <= nowMs + latenessMs);
  }
}
