import Database from 'libsql';

import { AccountTable } from './AccountTable.ts';
import { EventTable } from './EventTable.ts';
import { IdempotencyTable } from './IdempotencyTable.ts';
import { JournalTable } from './JournalTable.ts';
import { PostingTable } from './PostingTable.ts';
import { tableNames, tables } from './tables.ts';

const busyTimeoutMs = 5_000;

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
    try {
      // Whoever looks into the file meanwhile is waited for.
      this.#database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      // A commit is on the disk when it returns: an acknowledged journal survives a power cut.
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      this.#database.exec(tables);
      this.accounts = new AccountTable(this.#database);
      this.journals = new JournalTable(this.#database);
      this.events = new EventTable(this.#database);
      this.idempotency = new IdempotencyTable(this.#database);
      this.postings = new PostingTable(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  begin(): void {
    this.#database.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.#database.exec('COMMIT');
  }

  rollback(): void {
    this.#database.exec('ROLLBACK');
    this.accounts.forget();
  }

  /** Runs one part of a transaction; if it throws, this part is undone and the rest stands. */
  part<Result>(work: () => Result): Result {
    this.#database.exec('SAVEPOINT part');
    try {
      const result = work();
      this.#database.exec('RELEASE part');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK TO part; RELEASE part');
      this.accounts.forget();
      throw error;
    }
  }

  clear(): void {
    for (const name of tableNames) this.#database.exec(`DELETE FROM ${name}`);
    this.accounts.forget();
  }

  /** @throws Error when the file can't be written any more, for instance because it has been removed */
  close(): void {
    try {
      // libsql would leave its write-ahead log behind; without one, the file is all there is of a ledger.
      this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE');
    } catch (error) {
      // Somebody reads along: the log stays for them, and the next start takes it in.
      if (!isBusy(error)) throw error;
    } finally {
      this.#database.close();
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
}
