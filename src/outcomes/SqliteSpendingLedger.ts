import Big from 'big.js';
import type Database from 'libsql';

import { addDays } from '../domain/calendarDate.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Decimal } from '../domain/decimal.ts';

import {
  addedBy,
  afterEnd,
  afterReleaseLost,
  afterReserve,
  countsNothing,
  nothingSpent,
  shortageOf,
} from './KeySpending.ts';
import type { KeySpending } from './KeySpending.ts';
import type { Shortage, Spending, SpendingEnd, SpendingKey, SpendingLedger } from './SpendingLedger.ts';

interface Row {
  day: CalendarDate;
  currency: string;
  amount: Decimal;
  settled: Decimal | null;
  in_flight: number;
  is_lost: number;
}

const tables = `
CREATE TABLE IF NOT EXISTS spending (
  principal TEXT NOT NULL,
  mutation TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  day TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL,
  settled TEXT,
  in_flight INTEGER NOT NULL,
  is_lost INTEGER NOT NULL,
  PRIMARY KEY (principal, mutation, idempotency_key, day, currency)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS spending_by_day ON spending (day);
CREATE TABLE IF NOT EXISTS spending_totals (
  principal TEXT NOT NULL,
  day TEXT NOT NULL,
  currency TEXT NOT NULL,
  total TEXT NOT NULL,
  PRIMARY KEY (principal, day, currency)
) WITHOUT ROWID;
`;

const ofKey = 'principal = ? AND mutation = ? AND idempotency_key = ?';

/** Days before the current one that are kept, for calls that end after midnight. */
const keptDays = 2;

/** The ledger in the file of the outcome store. Every write is on disk when its method returns. */
export class SqliteSpendingLedger implements SpendingLedger {
  readonly #database: Database.Database;
  readonly #isFull: () => boolean;
  #prunedOn: CalendarDate | null = null;

  /** @param isFull whether nothing more may be stored */
  constructor(database: Database.Database, isFull: () => boolean) {
    this.#database = database;
    this.#isFull = isFull;
    // The calls of an earlier process have ended, and their outcomes are unknown.
    database.exec(`${tables} UPDATE spending SET is_lost = 1, in_flight = 0 WHERE in_flight > 0`);
  }

  async reserve(spending: Spending, limits: ReadonlyMap<string, Decimal>): Promise<Shortage | null> {
    if (this.#prunedOn !== spending.day) this.#prune(spending.day);
    if (this.#isFull()) throw new Error('the outcome store is full');
    return this.#atomically(() => {
      const changes: { currency: string; before: KeySpending; after: KeySpending }[] = [];
      for (const [currency, amount] of spending.amounts) {
        const before = this.#find(spending, spending.day, currency);
        const after = afterReserve(before, amount);
        const total = this.#total(spending.principal, spending.day, currency);
        const shortage = shortageOf(currency, limits.get(currency) ?? '0', total, addedBy(before, after));
        if (shortage) return shortage;
        changes.push({ currency, before, after });
      }
      for (const { currency, before, after } of changes) this.#save(spending, spending.day, currency, before, after);
      return null;
    });
  }

  async end(spending: Spending, end: SpendingEnd): Promise<void> {
    this.#atomically(() => {
      for (const [currency, amount] of spending.amounts) {
        const before = this.#find(spending, spending.day, currency);
        this.#save(spending, spending.day, currency, before, afterEnd(before, amount, end));
      }
    });
  }

  async releaseLost(key: SpendingKey): Promise<void> {
    this.#atomically(() => {
      const rows = this.#database.prepare(`SELECT * FROM spending WHERE ${ofKey}`).all(...valuesOf(key)) as Row[];
      for (const row of rows) {
        const before = spentOf(row);
        this.#save(key, row.day, row.currency, before, afterReleaseLost(before));
      }
    });
  }

  /** Rows that count nothing are deleted. */
  #save(key: SpendingKey, day: CalendarDate, currency: string, before: KeySpending, after: KeySpending): void {
    const { amount, settled, inFlight, isLost } = after;
    const values = [...valuesOf(key), day, currency];
    if (countsNothing(after)) {
      this.#run(`DELETE FROM spending WHERE ${ofKey} AND day = ? AND currency = ?`, ...values);
    } else {
      const sql = 'INSERT OR REPLACE INTO spending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
      this.#run(sql, ...values, amount, settled, inFlight, isLost ? 1 : 0);
    }
    if (amount === before.amount) return;
    const total = this.#total(key.principal, day, currency).plus(addedBy(before, after));
    const sql = 'INSERT OR REPLACE INTO spending_totals VALUES (?, ?, ?, ?)';
    this.#run(sql, key.principal, day, currency, total.toFixed());
  }

  #find(key: SpendingKey, day: CalendarDate, currency: string): KeySpending {
    const sql = `SELECT * FROM spending WHERE ${ofKey} AND day = ? AND currency = ?`;
    const row = this.#database.prepare(sql).get(...valuesOf(key), day, currency) as Row | undefined;
    return row ? spentOf(row) : nothingSpent;
  }

  #total(principal: string, day: CalendarDate, currency: string): Big {
    const sql = 'SELECT total FROM spending_totals WHERE principal = ? AND day = ? AND currency = ?';
    const row = this.#database.prepare(sql).get(principal, day, currency) as { total: Decimal } | undefined;
    return new Big(row?.total ?? '0');
  }

  #prune(day: CalendarDate): void {
    const oldest = addDays(day, -keptDays);
    this.#run('DELETE FROM spending WHERE day < ?', oldest);
    this.#run('DELETE FROM spending_totals WHERE day < ?', oldest);
    this.#prunedOn = day;
  }

  #atomically<Result>(work: () => Result): Result {
    return this.#database.transaction(work)();
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#database.prepare(sql).run(...values);
  }
}

function valuesOf({ principal, mutation, idempotencyKey }: SpendingKey): [string, string, string] {
  return [principal, mutation, idempotencyKey];
}

function spentOf({ amount, settled, in_flight: inFlight, is_lost: isLost }: Row): KeySpending {
  return { amount, settled, inFlight, isLost: isLost === 1 };
}
