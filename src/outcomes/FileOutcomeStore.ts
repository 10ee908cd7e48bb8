import { closeSync, openSync } from 'node:fs';

import Database from 'libsql';

import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';

import type { NewIntent, OutcomeState, OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import { SpendingLedger } from './SpendingLedger.ts';
import { SqliteSpendingStore } from './SqliteSpendingStore.ts';
import { withoutTravelRule } from './withoutTravelRule.ts';

interface Row {
  id: number;
  scope: string;
  state: OutcomeState;
  idempotency_key: string;
  fingerprint: string;
  batch: string;
  intended_at: number;
  request_id: string | null;
  items: string | null;
}

export interface FileOutcomeStoreOptions {
  /** How long settled outcomes are kept, in ms. Default 30 days, or one day for a store in memory. */
  keptMs?: number;
  /** How long to wait for another process to release the file, in ms. Default 15,000. */
  patienceMs?: number;
  /** Size in bytes at which no more outcomes are stored. Default unlimited, or 256 MiB for a store in memory. */
  maxBytes?: number;
}

const pruneEvery = 1_000; // intents

const tables = `
CREATE TABLE IF NOT EXISTS outcomes (
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  batch TEXT NOT NULL,
  intended_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  request_id TEXT,
  items TEXT,
  settled_at INTEGER,
  UNIQUE (scope, idempotency_key)
);
CREATE INDEX IF NOT EXISTS outcomes_by_state ON outcomes (state, settled_at);
CREATE TABLE IF NOT EXISTS claims (
  journal_id TEXT PRIMARY KEY,
  outcome_id INTEGER NOT NULL REFERENCES outcomes (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claims_by_outcome ON claims (outcome_id);
`;

const removeAssumedCurrencySql = `
UPDATE outcomes SET items = (
  SELECT json_group_array(json(
    iif(
      value ->> '$.journal.currency' = 'USD',
      json_set(value, '$.journal.currency', outcomes.batch ->> '$.currency'),
      value
    )
  ))
  FROM json_each(outcomes.items)
)
WHERE json_valid(items) AND json_valid(batch);
`;

/**
 * Reverse batches and their outcomes, in a file or in memory, for a gateway that runs alone. Every write is on disk
 * when its method returns. The process locks the file, so no other gateway can use it.
 */
export class FileOutcomeStore implements OutcomeStore {
  readonly spending: SpendingLedger;
  readonly #database: Database.Database;
  readonly #keptMs: number;
  readonly #maxBytes: number;
  #intended = 0;

  /**
   * @param file null for a store in memory
   * @throws Error if the file can't be opened or read, or if another process has locked it
   */
  constructor(file: string | null = null, options: FileOutcomeStoreOptions = {}) {
    const [keptDays, maxBytes] = file === null ? [1, 256 * 1_048_576] : [30, Infinity];
    this.#keptMs = options.keptMs ?? keptDays * 86_400_000;
    this.#maxBytes = options.maxBytes ?? maxBytes;
    // Accounts and amounts are confidential. SQLite gives its other files the same mode.
    if (file !== null) closeSync(openSync(file, 'a', 0o600));
    this.#database = new Database(file ?? ':memory:');
    try {
      this.#database.exec(`PRAGMA busy_timeout = ${options.patienceMs ?? 15_000}; PRAGMA locking_mode = EXCLUSIVE`);
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
      this.#database.exec(`BEGIN EXCLUSIVE; ${tables} COMMIT`);
      this.spending = new SpendingLedger(new SqliteSpendingStore(this.#database, () => this.#isFull()));
      this.#removeAssumedCurrency();
      this.#prune();
      // If rows can't be read, fails at startup and not at the first mutation.
      this.unsettled();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  find(scope: string, idempotencyKey: string): StoredOutcome | null {
    return this.#one('SELECT * FROM outcomes WHERE scope = ? AND idempotency_key = ?', scope, idempotencyKey);
  }

  get(id: string): StoredOutcome | null {
    return this.#one('SELECT * FROM outcomes WHERE id = ?', id);
  }

  unsettled(): StoredOutcome[] {
    const sql = `SELECT * FROM outcomes WHERE state IN ('open', 'ambiguous') ORDER BY id`;
    return (this.#database.prepare(sql).all() as Row[]).map(outcomeOf);
  }

  get unsettledCounts(): Record<'open' | 'ambiguous', number> {
    const rows = this.#database
      .prepare(`SELECT state, COUNT(*) AS count FROM outcomes WHERE state IN ('open', 'ambiguous') GROUP BY state`)
      .all() as { state: string; count: number }[];
    return { open: 0, ambiguous: 0, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
  }

  /** @throws Error if the store is full */
  intend(scope: string, intent: NewIntent): StoredOutcome {
    const { idempotencyKey, fingerprint, batch, intendedAtMs } = intent;
    this.#intended += 1;
    if (this.#intended % pruneEvery === 0 || this.#isFull()) this.#prune();
    if (this.#isFull()) throw new Error('the outcome store is full');
    const stored = this.#one(
      `INSERT INTO outcomes (scope, idempotency_key, fingerprint, batch, intended_at, state)
       VALUES (?, ?, ?, ?, ?, 'open') RETURNING *`,
      scope,
      idempotencyKey,
      fingerprint,
      JSON.stringify(batch),
      Math.floor(intendedAtMs),
    );
    if (!stored) throw new Error('an intent was not stored');
    return stored;
  }

  forget(id: string): void {
    this.#run('DELETE FROM outcomes WHERE id = ?', id);
  }

  settleDone(id: string, items: readonly BatchItem[]): string[] {
    const taken = this.claimed(items.map(({ journal }) => journal.id));
    this.#database.transaction(() => {
      this.settle(id, 'done');
      this.#run('UPDATE outcomes SET items = ? WHERE id = ?', JSON.stringify(items.map(withoutTravelRule)), id);
      for (const { journal } of items) {
        this.#run('INSERT OR REPLACE INTO claims (journal_id, outcome_id) VALUES (?, ?)', journal.id, id);
      }
    })();
    return [...taken];
  }

  settle(id: string, state: Exclude<OutcomeState, 'open'>): void {
    this.#run('UPDATE outcomes SET state = ?, settled_at = ? WHERE id = ?', state, Date.now(), id);
  }

  noteLost(id: string, requestId: string | null): void {
    if (requestId !== null) this.#run('UPDATE outcomes SET request_id = ? WHERE id = ?', requestId, id);
  }

  claimed(journalIds: readonly string[]): Set<string> {
    const claim = this.#database.prepare('SELECT 1 FROM claims WHERE journal_id = ?');
    return new Set(journalIds.filter((journalId) => claim.get(journalId) !== undefined));
  }

  /** @throws Error if the file can no longer be written, for instance because it was deleted */
  close(): void {
    // Leaves no write-ahead log beside the file. Closing alone would not release the lock, since statements that have
    // not been garbage-collected keep the connection open. In NORMAL mode, the SELECT releases the lock.
    try {
      this.#database.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT 1 FROM outcomes');
    } finally {
      this.#database.close();
    }
  }

  /** Whether no new outcome may be stored. Outcomes in the store can be settled even if it is full. */
  #isFull(): boolean {
    if (this.#maxBytes === Infinity) return false;
    const sql = `SELECT (page_count - freelist_count) * page_size AS bytes
                 FROM pragma_page_count, pragma_freelist_count, pragma_page_size`;
    const { bytes } = this.#database.prepare(sql).get() as { bytes: number };
    return bytes >= this.#maxBytes;
  }

  /**
   * Replaces an assumed currency with that of the request, or with null: before version 1 of the file format, a journal
   * whose currency the API had not stated was stored with `USD`.
   */
  #removeAssumedCurrency(): void {
    const { user_version: version } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version >= 1) return;
    this.#database.exec(`BEGIN; ${removeAssumedCurrencySql} PRAGMA user_version = 1; COMMIT`);
  }

  /**
   * Deletes settled outcomes only because of their age, not to save space: a key whose outcome is deleted may be sent
   * again.
   */
  #prune(): void {
    this.#run(`DELETE FROM outcomes WHERE state IN ('done', 'notDone') AND settled_at < ?`, Date.now() - this.#keptMs);
  }

  #one(sql: string, ...values: (string | number)[]): StoredOutcome | null {
    const row = this.#database.prepare(sql).get(...values) as Row | undefined;
    return row ? outcomeOf(row) : null;
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#database.prepare(sql).run(...values);
  }
}

function outcomeOf(row: Row): StoredOutcome {
  return {
    id: String(row.id),
    scope: row.scope,
    state: row.state,
    idempotencyKey: row.idempotency_key,
    fingerprint: row.fingerprint,
    batch: JSON.parse(row.batch) as NewReverseBatch,
    intendedAtMs: row.intended_at,
    requestId: row.request_id,
    sender: null,
    items: row.items === null ? null : (JSON.parse(row.items) as BatchItem[]),
  };
}
