import type Database from 'libsql';

import type { Micros } from '../values/instant.ts';
import { Query } from './Query.ts';

/** One movement of a journal: from which account to which, the unit and the amount. */
export interface Posting {
  journalId: string;
  from: string;
  to: string;
  unit: string;
  amount: string;
}

/** Double-entry bookkeeping: every movement has one debit row and one credit row. */
export class PostingTable {
  readonly #insert: Query<never>;

  constructor(database: Database.Database) {
    this.#insert = new Query(database, 'INSERT INTO postings VALUES (NULL, ?, ?, ?, ?, ?), (NULL, ?, ?, ?, ?, ?)');
  }

  insert({ journalId, from, to, unit, amount }: Posting, at: Micros): void {
    this.#insert.run(journalId, from, unit, `-${amount}`, at, journalId, to, unit, amount, at);
  }
}
