import { decodeTime, encodeTime, incrementBase32, ulid } from 'ulid';

import type { SandboxClock } from '../values/SandboxClock.ts';
import { type Micros, microsPerMillisecond } from '../values/instant.ts';
import type { EventTable } from '../store/EventTable.ts';
import type { Journal } from '../store/JournalTable.ts';

export interface EventLogParts {
  events: EventTable;
  clock: SandboxClock;
  random: () => number;
  /** Called once per event. If it returns true, the event's id may sort before earlier ids of the same millisecond. */
  drawDisorderedId: () => boolean;
}

/** Writes the status events. No event has an earlier time than the events before it. */
export class EventLog {
  readonly #parts: EventLogParts;
  #nextUlid: (time: number) => string;
  #nextLegacyUlid: (time: number) => string;
  #lastAt: Micros;

  constructor(parts: EventLogParts) {
    this.#parts = parts;
    const highest = parts.events.highestUlids();
    this.#nextUlid = createUlidFactory(parts.random, highest.ulid);
    this.#nextLegacyUlid = createUlidFactory(parts.random, highest.legacy_ulid);
    this.#lastAt = parts.events.last().at;
  }

  /** Records an event with the journal's new status. `from` is the previous status, or `''` if there was none. */
  record(journal: Journal, from: string): void {
    const { events, clock, random, drawDisorderedId } = this.#parts;
    this.#lastAt = Math.max(this.#lastAt, clock.now());
    const milliseconds = Math.floor(this.#lastAt / microsPerMillisecond);
    events.insert({
      ulid: drawDisorderedId() ? ulid(milliseconds, random) : this.#nextUlid(milliseconds),
      legacy_ulid: this.#nextLegacyUlid(milliseconds),
      at: this.#lastAt,
      journal_id: journal.id,
      status_from: from,
      status_to: journal.status,
    });
  }

  /** Starts over after the events have been deleted. */
  reset(): void {
    this.#lastAt = 0;
    // The old factories would continue from the old time, which may be years ahead.
    this.#nextUlid = createUlidFactory(this.#parts.random, null);
    this.#nextLegacyUlid = createUlidFactory(this.#parts.random, null);
  }
}

const timeLength = 10;

/**
 * Returns a function that creates increasing ULIDs: the first one in a millisecond is random, and each further one is
 * higher by one.
 *
 * @param last the highest ULID of an earlier run, from which ulid's own `monotonicFactory` couldn't continue
 */
function createUlidFactory(random: () => number, last: string | null): (milliseconds: number) => string {
  let lastTime = last === null ? -1 : decodeTime(last);
  let tail = last?.slice(timeLength) ?? '';
  return (milliseconds) => {
    tail = milliseconds > lastTime ? ulid(milliseconds, random).slice(timeLength) : incrementBase32(tail);
    lastTime = Math.max(lastTime, milliseconds);
    return encodeTime(lastTime, timeLength) + tail;
  };
}
