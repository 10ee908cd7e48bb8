import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isReal } from './eventPosition.ts';
import type { Crowd, EventPosition, HubPlace } from './eventPosition.ts';
import { addToken, justBefore, latenessMs, stampOf } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';
import { PositionedEvent } from './PositionedEvent.ts';

/** Events that a position names, besides the last one. */
const maxNamed = 16;
/** What is known of the API's clock grows more exact with time; a larger step back is a clock that was moved, in ms. */
const steppedBackMs = 5_000;

export interface PositionTrackerOptions {
  /** The API's clock, in unix ms. An event that is dated far ahead of it does not move positions there. */
  now: () => number;
  /** What came before. */
  start?: EventPosition | undefined;
}

/**
 * Gives each event of a stream its position. Events may arrive out of order: a position names the latest events by
 * their own time, so that one which was told late, or is dated ahead, is neither missed nor told twice.
 */
export class PositionTracker {
  readonly #now: () => number;
  #lastNow: number;
  #ms: number;
  #floorMs: number;
  #crowd: Crowd | undefined;
  /** In the order in which they came. */
  #named: readonly EventStamp[];

  constructor({ now, start = nothing }: PositionTrackerOptions) {
    this.#now = now;
    this.#lastNow = now();
    // The moment of a beginning is told by a clock; events from before it may come.
    this.#ms = isReal(start) ? start.ms : nothing.ms;
    this.#floorMs = start.floorMs;
    this.#crowd = start.crowd;
    this.#named = start.named;
  }

  /** For a stream that tells everything later than this moment. */
  static behind(floorMs: number, now: () => number): PositionTracker {
    return new PositionTracker({ now, start: { ...nothing, floorMs } });
  }

  /** @param place behind the event, where a hub tells it; that of a replay belongs to no hub */
  advance(event: JournalStatusEvent, place?: HubPlace): PositionedEvent {
    const nowMs = this.#now();
    if (nowMs < this.#lastNow - steppedBackMs) this.#stepBack(nowMs);
    this.#lastNow = nowMs;
    const stamp = stampOf(event);
    const past = [...this.#named, stamp].filter(({ ms }) => ms <= nowMs + latenessMs);
    this.#ms = past.reduce((latest, { ms }) => Math.max(latest, ms), this.#ms);
    this.#forget();
    this.#named = [...this.#named, stamp];
    return new PositionedEvent(event, this.#positionAt(place));
  }

  #positionAt(place: HubPlace | undefined): EventPosition {
    const named = this.#named;
    // Every event so far is dated ahead.
    if (this.#ms === nothing.ms) return { ms: this.#floorMs, floorMs: this.#floorMs, named, place };
    const floorMs = this.#floor;
    const crowd = this.#crowd && this.#crowd.ms > floorMs ? this.#crowd : undefined;
    return { ms: this.#ms, floorMs, named, crowd, place };
  }

  /** A feed may begin with events from before the moment that it vouches for. */
  get #floor(): number {
    return Math.max(Math.min(this.#floorMs, justBefore(this.#ms)), this.#ms - latenessMs);
  }

  /** Makes room for one more name. What is too old, and the oldest of too many, is named no more. */
  #forget(): void {
    const oldestMs = this.#ms - latenessMs;
    this.#floorMs = Math.max(this.#floorMs, oldestMs);
    if (this.#crowd && this.#crowd.ms <= oldestMs) this.#crowd = undefined;
    if (this.#named.some(({ ms }) => ms <= oldestMs)) this.#named = this.#named.filter(({ ms }) => ms > oldestMs);
    const excess = this.#named.length - maxNamed;
    if (excess <= 0) return;
    const oldest = new Set(this.#named.toSorted((a, b) => a.ms - b.ms).slice(0, excess));
    this.#named = this.#named.filter((stamp) => !oldest.has(stamp));
    for (const stamp of oldest) this.#leaveOut(stamp);
  }

  /**
   * An event is named no more. The floor rises to an instant only when a later one is left out too: until then more
   * events of that instant may come.
   */
  #leaveOut({ ms, token, isLatest = false }: EventStamp): void {
    const crowd = this.#crowd;
    if (ms <= this.#floor) return;
    this.#ms = Math.max(this.#ms, ms);
    if (isLatest || (crowd && ms < crowd.ms)) {
      this.#floorMs = Math.max(this.#floorMs, ms);
    } else if (crowd && ms === crowd.ms) {
      this.#crowd = { ms, count: crowd.count + 1, digest: addToken(crowd.digest, token) };
    } else {
      this.#floorMs = Math.max(this.#floorMs, crowd?.ms ?? -Infinity);
      this.#crowd = { ms, count: 1, digest: addToken(0, token) };
    }
  }

  /** The API's clock was set back: what was delivered of the time that comes again is known by name only. */
  #stepBack(nowMs: number): void {
    this.#ms = nothing.ms;
    this.#floorMs = Math.min(this.#floorMs, nowMs);
    if (this.#crowd && this.#crowd.ms > nowMs) this.#crowd = undefined;
    this.#named = this.#named.filter(({ ms }) => ms <= nowMs + latenessMs);
  }
}

const nothing: EventPosition = { ms: 0, floorMs: -Infinity, named: [] };
