import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { encodeEventCursor } from './eventCursor.ts';
import type { EventPosition } from './eventPosition.ts';

/** A position with its cursor. */
export interface StatusMark {
  readonly position: EventPosition;
  readonly cursor: string;
}

/** An event with the position of a reader that has received this event. */
export class PositionedEvent implements StatusMark {
  readonly event: JournalStatusEvent;
  readonly position: EventPosition;
  #cursor: string | undefined;

  constructor(event: JournalStatusEvent, position: EventPosition) {
    this.event = event;
    this.position = position;
  }

  /** Encoded once, for all subscribers. */
  get cursor(): string {
    return (this.#cursor ??= encodeEventCursor(this.position));
  }
}
