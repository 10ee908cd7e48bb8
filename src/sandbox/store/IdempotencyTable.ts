import type Database from 'libsql';

import { Query } from './Query.ts';

export interface IdempotencyRow {
  key: string;
  /** A hash that is equal for equal requests. */
  fingerprint: string;
  /** The body of the first response, unchanged. */
  answer: string;
}

/** The first response for each `Idempotency-Key`. Keys never expire. */
export class IdempotencyTable {
  readonly #one: Query<IdempotencyRow>;
  readonly #insert: Query<never>;
  readonly #count: Query<{ count: number }>;

  constructor(database: Database.Database) {
    this.#one = new Query(database, 'SELECT * FROM idempotency_records WHERE key = ?');
    this.#insert = new Query(database, 'INSERT INTO idempotency_records VALUES (NULL, ?, ?, ?)');
    this.#count = new Query(database, 'SELECT count(*) AS count FROM idempotency_records');
  }

  find(key: string): IdempotencyRow | undefined {
    return this.#one.first(key);
  }

  insert({ key, fingerprint, answer }: IdempotencyRow): void {
    this.#insert.run(key, fingerprint, answer);
  }

  count(): number {
    return this.#count.first()?.count ?? 0;
  }
}
