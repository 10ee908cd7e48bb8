import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { encodeEventCursor } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';

/** An event with the place behind it, from which a reader of it goes on. */
export class PositionedEvent {
  readonly event: JournalStatusEvent;
  readonly #ms: number;
  // Shared with the other events of the millisecond: only the first `#count` belong to this position.
  readonly #ids: readonly string[];
  readonly #count: number;

  constructor(event: JournalStatusEvent, ms: number, ids: readonly string[]) {
    this.event = event;
    this.#ms = ms;
    this.#ids = ids;
    this.#count = ids.length;
  }

  get position(): EventPosition {
    return { ms: this.#ms, ids: this.#ids.slice(0, this.#count) };
  }

  get cursor(): string {
    return encodeEventCursor(this.position);
  }
}
