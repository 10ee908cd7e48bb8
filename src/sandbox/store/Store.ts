import Database from 'libsql';

import { AccountTable } from './AccountTable.ts';
import { EventTable } from './EventTable.ts';
import { IdempotencyTable } from './IdempotencyTable.ts';
import { JournalTable } from './JournalTable.ts';
import { tableNames, tables } from './tables.ts';

const busyTimeoutMs = 5_000;

/** The embedded database, with a single connection. It is in memory unless a file is given. */
export class Store {
  readonly accounts: AccountTable;
  readonly journals: JournalTable;
  readonly events: EventTable;
  readonly idempotency: IdempotencyTable;
  readonly #database: Database.Database;

  constructor(dataFile: string | undefined) {
    this.#database = new Database(dataFile ?? ':memory:');
    try {
      // A statement waits this long for a lock that another process holds on the file.
      this.#database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      // A commit is on disk when it returns, so an acknowledged journal survives a power cut.
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      this.#database.exec(tables);
      this.accounts = new AccountTable(this.#database);
      this.journals = new JournalTable(this.#database);
      this.events = new EventTable(this.#database);
      this.idempotency = new IdempotencyTable(this.#database);
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
    this.accounts.clearCache();
  }

  /** Runs work inside a savepoint. If it throws, only its own changes are rolled back. */
  savepoint<Result>(work: () => Result): Result {
    this.#database.exec('SAVEPOINT work');
    try {
      const result = work();
      this.#database.exec('RELEASE work');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK TO work; RELEASE work');
      this.accounts.clearCache();
      throw error;
    }
  }

  clear(): void {
    for (const name of tableNames) this.#database.exec(`DELETE FROM ${name}`);
    this.accounts.clearCache();
  }

  /** @throws Error if the file can no longer be written, for example because it has been removed */
  close(): void {
    try {
      // Deletes the write-ahead log, which libsql would leave behind, so that the ledger is a single file.
      this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE');
    } catch (error) {
      // Another process is using the file: the write-ahead log stays, and the next start replays it.
      if (!isBusy(error)) throw error;
    } finally {
      this.#database.close();
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
}
