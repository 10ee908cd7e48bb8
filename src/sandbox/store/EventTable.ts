import type Database from 'libsql';

import { type Micros, microsPerMillisecond } from '../values/instant.ts';
import { firstSeqAt } from './firstSeqAt.ts';
import { Query } from './Query.ts';

export interface EventRow {
  /** Position in the log. v1 streams send it as the integer `event_id`. */
  seq: number;
  ulid: string;
  /** The ULID on v1 streams, which differs from the one on v2. */
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

/** The journal's fields in an event never change, so they are read from the journal instead of being copied. */
const page = `
  SELECT events.*, journals.entry_type, journals.description, journals.idempotency_key,
    journals.idempotency_key_type, journals.error_message AS batch_error_message
  FROM events JOIN journals ON journals.id = events.journal_id
  WHERE events.seq > ? ORDER BY events.seq LIMIT ?`;

/** The append-only event log. */
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

  /** Returns up to `count` events after a sequence number, in the order of the log. A count of -1 means all. */
  after(seq: number, count: number): EventRow[] {
    return this.#page.all(seq, count);
  }

  /** Returns the sequence number and time of the last event, or zeros if there is none. */
  last(): { seq: number; at: Micros } {
    return this.#last.first() ?? { seq: 0, at: 0 };
  }

  /** Returns the highest ids so far. Ids of one millisecond may be out of order, so all events of the last one are read. */
  highestUlids(): HighestUlids {
    const { at } = this.last();
    const millisecond = at - (at % microsPerMillisecond);
    return this.#highest.first(this.firstAt(millisecond)) ?? { ulid: null, legacy_ulid: null };
  }

  /** Returns the sequence number of the first event at or after an instant, or that of the next event to be written. */
  firstAt(at: Micros): number {
    return firstSeqAt(at, this.last().seq, (seq) => this.#timeOf.first(seq)?.at ?? 0);
  }
}
