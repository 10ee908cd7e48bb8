import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { encodeEventCursor } from './eventCursor.ts';
import type { EventPosition } from './eventPosition.ts';

/** An event with the place behind it, from which a reader of it goes on. */
export class PositionedEvent {
  readonly event: JournalStatusEvent;
  readonly position: EventPosition;
  // One event is delivered to many: it is written once for all of them.
  #cursor: string | undefined;

  constructor(event: JournalStatusEvent, position: EventPosition) {
    this.event = event;
    this.position = position;
  }

  get cursor(): string {
    return (this.#cursor ??= encodeEventCursor(this.position));
  }
}
