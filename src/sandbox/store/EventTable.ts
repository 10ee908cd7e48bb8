import type Database from 'libsql';

import { type Micros, microsPerMillisecond } from '../domain/instant.ts';
import { firstSeqAt } from './firstSeqAt.ts';
import { Query } from './Query.ts';

export interface EventRow {
  /** Arrival order; v1 shows it as the integer `event_id`. */
  seq: number;
  ulid: string;
  /** The ULID on v1: the two versions' ids differ. */
  legacy_ulid: string;
  at: Micros;
  journal_id: string;
  entry_type: string;
  status_from: string;
  status_to: string;
  description: string;
  idempotency_key: string | null;
  idempotency_key_type: string | null;
  batch_error_message: string | null;
}

export type NewEvent = Pick<EventRow, 'ulid' | 'legacy_ulid' | 'at' | 'journal_id' | 'status_from' | 'status_to'>;

interface HighestUlids {
  ulid: string | null;
  legacy_ulid: string | null;
}

/** What an event tells of its journal never changes, so it is read from there: three events, one copy. */
const page = `
  SELECT events.*, journals.entry_type, journals.description, journals.idempotency_key,
    journals.idempotency_key_type, journals.error_message AS batch_error_message
  FROM events JOIN journals ON journals.id = events.journal_id
  WHERE events.seq > ? ORDER BY events.seq LIMIT ?`;

/** The event log: written once, never changed. */
export class EventTable {
  readonly #insert: Query<never>;
  readonly #page: Query<EventRow>;
  readonly #last: Query<{ seq: number; at: Micros }>;
  readonly #timeOf: Query<{ at: Micros }>;
  readonly #highest: Query<HighestUlids>;

  constructor(database: Database.Database) {
    this.#insert = new Query(database, 'INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?)');
    this.#page = new Query(database, page);
    this.#last = new Query(database, 'SELECT seq, at FROM events ORDER BY seq DESC LIMIT 1');
    this.#timeOf = new Query(database, 'SELECT at FROM events WHERE seq = ?');
    const highest = 'SELECT max(ulid) AS ulid, max(legacy_ulid) AS legacy_ulid FROM events WHERE seq >= ?';
    this.#highest = new Query(database, highest);
  }

  insert(event: NewEvent): void {
    this.#insert.run(event.ulid, event.legacy_ulid, event.at, event.journal_id, event.status_from, event.status_to);
  }

  /** Up to `count` events behind a sequence number, in arrival order. */
  after(seq: number, count: number): EventRow[] {
    return this.#page.all(seq, count);
  }

  /** The last event's place; zeros while there is none. */
  last(): { seq: number; at: Micros } {
    return this.#last.first() ?? { seq: 0, at: 0 };
  }

  /** The highest ids so far; within the last millisecond they may be out of order, so all of it is looked at. */
  highestUlids(): HighestUlids {
    const { at } = this.last();
    const millisecond = at - (at % microsPerMillisecond);
    return this.#highest.first(this.firstAt(millisecond)) ?? { ulid: null, legacy_ulid: null };
  }

  /** The sequence number of the first event at or after an instant; one beyond the last when there is none. */
  firstAt(at: Micros): number {
    return firstSeqAt(at, this.last().seq, (seq) => this.#timeOf.first(seq)?.at ?? 0);
  }
}
