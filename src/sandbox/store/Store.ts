import Database from 'libsql';

import { AccountTable } from './AccountTable.ts';
import { EventTable } from './EventTable.ts';
import { IdempotencyTable } from './IdempotencyTable.ts';
import { JournalTable } from './JournalTable.ts';
import { PostingTable } from './PostingTable.ts';
import { tableNames, tables } from './tables.ts';

/** The embedded database: one connection, one writer. Opened by path, or in memory without one. */
export class Store {
  readonly accounts: AccountTable;
  readonly journals: JournalTable;
  readonly events: EventTable;
  readonly idempotency: IdempotencyTable;
  readonly postings: PostingTable;
  readonly #database: Database.Database;

  constructor(dataFile: string | undefined) {
    this.#database = new Database(dataFile ?? ':memory:');
    // A commit is on the disk when it returns: an acknowledged journal survives a power cut.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    this.#database.exec(tables);
    this.accounts = new AccountTable(this.#database);
    this.journals = new JournalTable(this.#database);
    this.events = new EventTable(this.#database);
    this.idempotency = new IdempotencyTable(this.#database);
    this.postings = new PostingTable(this.#database);
  }

  /** Runs SQL without values: the transaction words. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  clear(): void {
    for (const name of tableNames) this.#database.exec(`DELETE FROM ${name}`);
  }

  close(): void {
    this.#database.close();
  }
}
