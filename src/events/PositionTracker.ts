import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import type { EventPosition } from './eventCursor.ts';
import { justBefore, latenessMs, stampOf } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';
import { PositionedEvent } from './PositionedEvent.ts';

/** Events that a position names, as far as those of its own instant leave the choice. */
const maxNamed = 16;
/** Forgotten stamps that are kept until it is worth while to copy the others. */
const maxForgotten = 4_096;

/**
 * Gives each event of a stream its position. Events may arrive out of order: the time of a position never moves back,
 * and it names the last events that came, so that one which was told late is neither missed nor told twice.
 */
export class PositionTracker {
  /** What came, in its order; shared with the positions, which look at their own part of it. */
  #stamps: EventStamp[];
  readonly #feed: string | undefined;
  #start = 0;
  #ms: number;
  #floorMs: number;

  /**
   * @param start what came before
   * @param feed whose positions they are: a feed's hub, which knows each place again
   */
  constructor({ ms, floorMs, tokens }: EventPosition = nothing, feed?: string) {
    this.#feed = feed;
    this.#ms = ms;
    this.#floorMs = floorMs;
    // When exactly each of them happened isn't known any more, but not after the position.
    this.#stamps = tokens.map((token) => ({ ms, token }));
  }

  /** For a stream that tells everything later than this moment. */
  static behind(floorMs: number, feed?: string): PositionTracker {
    return new PositionTracker({ ...nothing, floorMs }, feed);
  }

  advance(event: JournalStatusEvent): PositionedEvent {
    const stamp = stampOf(event);
    this.#ms = Math.max(this.#ms, stamp.ms);
    this.#stamps.push(stamp);
    this.#forget();
    const floorMs = Math.max(Math.min(this.#floorMs, justBefore(this.#ms)), this.#ms - latenessMs);
    return new PositionedEvent(event, {
      ms: this.#ms,
      floorMs,
      stamps: this.#stamps,
      start: this.#start,
      feed: this.#feed,
    });
  }

  /** The names of an instant are never given up before it is over: nothing else tells its events apart. */
  #forget(): void {
    for (let oldest = this.#stamps[this.#start]; oldest; oldest = this.#stamps[this.#start]) {
      const count = this.#stamps.length - this.#start;
      const isNeeded = count <= maxNamed && oldest.ms > this.#ms - latenessMs;
      if (isNeeded || count === 1 || oldest.ms === this.#ms) break;
      this.#floorMs = Math.max(this.#floorMs, oldest.ms);
      this.#start += 1;
    }
    if (this.#start < maxForgotten) return;
    this.#stamps = this.#stamps.slice(this.#start);
    this.#start = 0;
  }
}

const nothing: EventPosition = { ms: 0, floorMs: -Infinity, tokens: [] };
