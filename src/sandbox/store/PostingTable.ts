import type Database from 'libsql';

import type { Micros } from '../domain/instant.ts';
import { Query } from './Query.ts';

/** One journal's move: the account that gives, the one that gets, and how much of what. */
export interface Posting {
  journalId: string;
  from: string;
  to: string;
  unit: string;
  amount: string;
}

/** The double entries: for every move one row that takes and one that gives. */
export class PostingTable {
  readonly #insert: Query<never>;

  constructor(database: Database.Database) {
    this.#insert = new Query(database, 'INSERT INTO postings VALUES (NULL, ?, ?, ?, ?, ?), (NULL, ?, ?, ?, ?, ?)');
  }

  insert({ journalId, from, to, unit, amount }: Posting, at: Micros): void {
    this.#insert.run(journalId, from, unit, `-${amount}`, at, journalId, to, unit, amount, at);
  }
}
