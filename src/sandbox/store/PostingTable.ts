import type Database from 'libsql';

import type { Micros } from '../instant.ts';
import { Query } from './Query.ts';

/** The double entries: for every move one row that takes and one that gives. */
export class PostingTable {
  readonly #insert: Query<never>;

  constructor(database: Database.Database) {
    this.#insert = new Query(database, 'INSERT INTO postings VALUES (NULL, ?, ?, ?, ?, ?)');
  }

  insert(journalId: string, accountId: string, unit: string, amount: string, at: Micros): void {
    this.#insert.run(journalId, accountId, unit, amount, at);
  }
}
