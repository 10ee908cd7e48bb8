import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { encodeEventCursor } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import type { EventStamp } from './eventStamp.ts';

/** A position as its tracker has it. */
interface TrackedPlace {
  ms: number;
  floorMs: number;
  /** Shared with other positions: this one's part begins at `start` and ends where the list did when it was made. */
  stamps: readonly EventStamp[];
  start: number;
  /** Whose place it is, see `EventPosition`. */
  feed: string | undefined;
}

/** An event with the place behind it, from which a reader of it goes on. */
export class PositionedEvent {
  readonly event: JournalStatusEvent;
  readonly #place: TrackedPlace;
  readonly #end: number;
  // One event is delivered to many: it is written once for all of them.
  #cursor: string | undefined;

  constructor(event: JournalStatusEvent, place: TrackedPlace) {
    this.event = event;
    this.#place = place;
    this.#end = place.stamps.length;
  }

  get position(): EventPosition {
    const { ms, floorMs, stamps, start, feed } = this.#place;
    const tokens = stamps.slice(start, this.#end).map(({ token }) => token);
    return { ms, floorMs, tokens, ...(feed === undefined ? {} : { feed }) };
  }

  get cursor(): string {
    return (this.#cursor ??= encodeEventCursor(this.position));
  }
}
