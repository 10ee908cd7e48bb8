import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { stampOf } from '../cursor/eventStamp.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';

/** Default maximum number of events. */
export const defaultWindow = 10_000;

export interface EventWindowOptions {
  /** Maximum number of events. Default 10,000. */
  max?: number | undefined;
  /** How long events are kept, in ms; the last event is always kept. Default 15 minutes. */
  maxAgeMs?: number | undefined;
}

interface Kept {
  positioned: PositionedEvent;
  arrivedMs: number;
}

/** The latest events in the order of arrival, numbered so that a reader can continue from a number. */
export class EventWindow {
  readonly #max: number;
  readonly #maxAgeMs: number;
  #kept: Kept[] = [];
  /** How many events arrived before the first one that is kept. */
  #dropped = 0;
  #lastDropped: PositionedEvent | null = null;

  constructor({ max = defaultWindow, maxAgeMs = 900_000 }: EventWindowOptions = {}) {
    this.#max = max;
    this.#maxAgeMs = maxAgeMs;
  }

  /** The number of the first kept event; `end` when the window is empty. */
  get start(): number {
    return this.#dropped;
  }

  /** The number of the next event. */
  get end(): number {
    return this.#dropped + this.#kept.length;
  }

  get last(): PositionedEvent | null {
    return this.#kept.at(-1)?.positioned ?? null;
  }

  /** The last event that was dropped; null while none was. */
  get lastDropped(): PositionedEvent | null {
    return this.#lastDropped;
  }

  push(positioned: PositionedEvent): void {
    const now = performance.now();
    this.#kept.push({ positioned, arrivedMs: now });
    const oldestMs = this.#kept[0]?.arrivedMs ?? now;
    // Drops many events at once: dropping after every event would copy the window each time.
    if (this.#kept.length > this.#max * 1.25 || now - oldestMs > this.#maxAgeMs * 1.25) this.dropOld();
  }

  /** The event with this number; undefined when it was dropped or has not arrived yet. */
  at(number: number): PositionedEvent | undefined {
    return this.#kept[number - this.#dropped]?.positioned;
  }

  /** The number of the kept event with this token; -1 when there is none. */
  numberOf(token: string | undefined): number {
    const index = this.#kept.findLastIndex(({ positioned }) => stampOf(positioned.event).token === token);
    return index === -1 ? -1 : this.#dropped + index;
  }

  /** The latest events, at most `count`, oldest first. */
  latest(count = Infinity): JournalStatusEvent[] {
    return this.#kept.slice(-count).map(({ positioned }) => positioned.event);
  }

  /** Drops all events and skips one number, so that a subscriber that is waiting for the next event notices the gap. */
  clear(): void {
    this.#lastDropped = this.last ?? this.#lastDropped;
    this.#dropped = this.end + 1;
    this.#kept = [];
  }

  /** Drops events beyond the maximum number or age, except the last event, which has the feed's position. */
  dropOld(): void {
    const oldest = performance.now() - this.#maxAgeMs;
    const firstYoung = this.#kept.findIndex(({ arrivedMs }) => arrivedMs >= oldest);
    const tooOld = firstYoung === -1 ? this.#kept.length - 1 : firstYoung;
    const count = Math.max(tooOld, this.#kept.length - this.#max, 0);
    if (count === 0) return;
    this.#lastDropped = this.#kept[count - 1]?.positioned ?? null;
    this.#kept = this.#kept.slice(count);
    this.#dropped += count;
  }
}
