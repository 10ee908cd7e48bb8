import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { eventMs } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import { PositionedEvent } from './PositionedEvent.ts';

/**
 * Gives each event of a stream its position. Events may arrive a little out of order:
 * a position never moves back, or a reader would get again what it had.
 */
export class PositionTracker {
  #ms: number;
  #ids: string[];

  constructor(start: EventPosition = { ms: 0, ids: [] }) {
    this.#ms = start.ms;
    this.#ids = [...start.ids];
  }

  advance(event: JournalStatusEvent): PositionedEvent {
    const ms = eventMs(event);
    if (ms > this.#ms) {
      this.#ms = ms;
      this.#ids = [event.id];
    } else if (ms === this.#ms) {
      this.#ids.push(event.id);
    }
    return new PositionedEvent(event, this.#ms, this.#ids);
  }
}
