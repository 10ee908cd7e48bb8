import type Database from 'libsql';

import type { Micros } from '../values/instant.ts';
import { firstSeqAt } from './firstSeqAt.ts';
import { Query, type Value } from './Query.ts';

/** Where the amount of a journal currently is. Data files contain these numbers, so they must not change. */
export const Place = { sender: 0, receiver: 1, clearing: 2 } as const;
export type Place = (typeof Place)[keyof typeof Place];

export interface Journal {
  id: string;
  entry_type: 'JNLC' | 'JNLS';
  from_account: string;
  to_account: string;
  status: string;
  /** The unit that moves: `cash:USD`, `shares:AAPL`. */
  unit: string;
  /** A positive decimal as the client sent it, but without an exponent or leading zeros. */
  amount: string;
  currency: string;
  price: string | null;
  description: string;
  /** The Travel Rule fields, as JSON. */
  transmitter: string | null;
  settle_date: string | null;
  system_date: string | null;
  created_at: Micros;
  idempotency_key: string | null;
  idempotency_key_type: 'single' | 'batch' | null;
  error_message: string | null;
  /** Where the journal's postings have moved the amount. */
  posted: Place;
  /** Time and status of the next automatic change. Null if there is none. */
  due_at: Micros | null;
  due_status: string | null;
}

export interface JournalFilter {
  after: Micros | undefined;
  before: Micros | undefined;
  status: string | undefined;
  entryType: string | undefined;
  toAccount: string | undefined;
  fromAccount: string | undefined;
}

/** Journals by id, by due time, and by the filters of the list endpoint. */
export class JournalTable {
  readonly #database: Database.Database;
  readonly #insert: Query<never>;
  readonly #update: Query<never>;
  readonly #one: Query<Journal>;
  readonly #due: Query<Journal>;
  readonly #nextDue: Query<{ at: Micros | null }>;
  readonly #setPendingDue: Query<never>;
  readonly #byStatus: Query<{ status: string; count: number }>;
  readonly #last: Query<{ seq: number }>;
  readonly #timeOf: Query<{ created_at: Micros }>;
  readonly #listings = new Map<string, Query<Journal>>();
  readonly #counts = new Map<string, Query<{ count: number }>>();

  constructor(database: Database.Database) {
    this.#database = database;
    this.#insert = new Query(database, `INSERT INTO journals VALUES (NULL${', ?'.repeat(20)})`);
    this.#update = new Query(
      database,
      `UPDATE journals SET status = ?, settle_date = ?, system_date = ?, error_message = ?, posted = ?,
         due_at = ?, due_status = ? WHERE id = ?`,
    );
    this.#one = new Query(database, 'SELECT * FROM journals WHERE id = ?');
    this.#due = new Query(database, 'SELECT * FROM journals WHERE due_at <= ? ORDER BY due_at, seq LIMIT ?');
    this.#nextDue = new Query(database, 'SELECT min(due_at) AS at FROM journals WHERE due_at IS NOT NULL');
    this.#setPendingDue = new Query(
      database,
      "UPDATE journals SET due_at = ? WHERE status = 'pending' AND due_at IS NOT NULL",
    );
    this.#last = new Query(database, 'SELECT seq FROM journals ORDER BY seq DESC LIMIT 1');
    this.#timeOf = new Query(database, 'SELECT created_at FROM journals WHERE seq = ?');
    this.#byStatus = new Query(database, 'SELECT status, count(*) AS count FROM journals GROUP BY status');
  }

  insert(journal: Journal): void {
    this.#insert.run(
      journal.id,
      journal.entry_type,
      journal.from_account,
      journal.to_account,
      journal.status,
      journal.unit,
      journal.amount,
      journal.currency,
      journal.price,
      journal.description,
      journal.transmitter,
      journal.settle_date,
      journal.system_date,
      journal.created_at,
      journal.idempotency_key,
      journal.idempotency_key_type,
      journal.error_message,
      journal.posted,
      journal.due_at,
      journal.due_status,
    );
  }

  /** Writes the fields that can change: status, dates, posting and next status change. */
  update(journal: Journal): void {
    this.#update.run(
      journal.status,
      journal.settle_date,
      journal.system_date,
      journal.error_message,
      journal.posted,
      journal.due_at,
      journal.due_status,
      journal.id,
    );
  }

  find(id: string): Journal | undefined {
    return this.#one.first(id);
  }

  due(now: Micros, count: number): Journal[] {
    return this.#due.all(now, count);
  }

  nextDueAt(): Micros | null {
    return this.#nextDue.first()?.at ?? null;
  }

  /** Makes every pending journal with a due time due at `at`. */
  makePendingDue(at: Micros): void {
    this.#setPendingDue.run(at);
  }

  countByStatus(): Record<string, number> {
    return Object.fromEntries(this.#byStatus.all().map(({ status, count }) => [status, count]));
  }

  /** Whether more than `max` journals match. */
  exceeds(filter: JournalFilter, max: number): boolean {
    const [first, end] = this.#span(filter);
    if (end - first <= max) return false;
    const { where, values } = buildConditions(filter);
    const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM journals WHERE seq >= ? AND seq < ?${where} LIMIT ?)`;
    const query = prepare(this.#counts, sql, this.#database);
    return (query.first(first, end, ...values, max + 1)?.count ?? 0) > max;
  }

  /** Returns up to `limit` matching journals, newest first, from one snapshot. */
  list(filter: JournalFilter, limit: number): Journal[] {
    const [first, end] = this.#span(filter);
    const { where, values } = buildConditions(filter);
    const sql = `SELECT * FROM journals WHERE seq >= ? AND seq < ?${where} ORDER BY seq DESC LIMIT ?`;
    return prepare(this.#listings, sql, this.#database).all(first, end, ...values, limit);
  }

  /** The range of sequence numbers in the filter's time range. `end` is exclusive. */
  #span({ after, before }: JournalFilter): [first: number, end: number] {
    const last = this.#last.first()?.seq ?? 0;
    const timeOf = (seq: number) => this.#timeOf.first(seq)?.created_at ?? 0;
    return [
      after === undefined ? 1 : firstSeqAt(after, last, timeOf),
      before === undefined ? last + 1 : firstSeqAt(before, last, timeOf),
    ];
  }
}

/** Prepares one statement per combination of filters, on first use. */
function prepare<Row>(cache: Map<string, Query<Row>>, sql: string, database: Database.Database): Query<Row> {
  const query = cache.get(sql) ?? new Query<Row>(database, sql);
  cache.set(sql, query);
  return query;
}

function buildConditions(filter: JournalFilter): { where: string; values: Value[] } {
  const conditions: [sql: string, value: Value | undefined][] = [
    ['status = ?', filter.status],
    ['entry_type = ?', filter.entryType],
    ['to_account = ?', filter.toAccount],
    ['from_account = ?', filter.fromAccount],
  ];
  const given = conditions.filter((condition): condition is [string, Value] => condition[1] !== undefined);
  const where = given.map(([sql]) => ` AND ${sql}`).join('');
  return { where, values: given.map(([, value]) => value) };
}
