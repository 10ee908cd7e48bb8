import { ulid } from 'ulid';

import type { SandboxClock } from '../domain/SandboxClock.ts';
import { type Micros, microsPerMillisecond } from '../domain/instant.ts';
import type { EventTable } from '../store/EventTable.ts';
import type { Journal } from '../store/JournalTable.ts';
import { risingUlids } from './risingUlids.ts';

export interface EventLogParts {
  events: EventTable;
  clock: SandboxClock;
  random: () => number;
  /** Drawn once per event: true gives it an id that may sort before those of its millisecond. */
  disordered: () => boolean;
}

/** Writes the status events. Times never run backwards, so arrival order is time order. */
export class EventLog {
  readonly #parts: EventLogParts;
  #nextUlid: (time: number) => string;
  #nextLegacyUlid: (time: number) => string;
  #lastAt: Micros;

  constructor(parts: EventLogParts) {
    this.#parts = parts;
    const highest = parts.events.highestUlids();
    this.#nextUlid = risingUlids(parts.random, highest.ulid);
    this.#nextLegacyUlid = risingUlids(parts.random, highest.legacy_ulid);
    this.#lastAt = parts.events.last().at;
  }

  /** Tells that a journal's status changed; `from` is `''` for its first. */
  record(journal: Journal, from: string): void {
    const { events, clock, random, disordered } = this.#parts;
    this.#lastAt = Math.max(this.#lastAt, clock.now());
    const milliseconds = Math.floor(this.#lastAt / microsPerMillisecond);
    events.insert({
      ulid: disordered() ? ulid(milliseconds, random) : this.#nextUlid(milliseconds),
      legacy_ulid: this.#nextLegacyUlid(milliseconds),
      at: this.#lastAt,
      journal_id: journal.id,
      status_from: from,
      status_to: journal.status,
    });
  }

  /** Begins anew on an empty log. */
  reset(): void {
    this.#lastAt = 0;
    // The old factories would go on where time stood, which may be years ahead.
    this.#nextUlid = risingUlids(this.#parts.random, null);
    this.#nextLegacyUlid = risingUlids(this.#parts.random, null);
  }
}
