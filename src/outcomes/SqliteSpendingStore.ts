import type Database from 'libsql';

import { addDays } from '../domain/calendarDate.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';

import type { Count, KeySpending, SpendingKey, SpendingStore } from './SpendingLedger.ts';

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

/** How many days before the current one are kept, for calls that end after midnight. */
const keptDays = 2;

/** Counts in the file of the outcome store. Every write is on disk when its method returns. */
export class SqliteSpendingStore implements SpendingStore {
  readonly #database: Database.Database;
  readonly #isFull: () => boolean;
  #prunedOn: CalendarDate = '';

  /** @param isFull returns whether nothing more may be stored */
  constructor(database: Database.Database, isFull: () => boolean) {
    this.#database = database;
    this.#isFull = isFull;
    // The calls of an earlier process have ended, and their outcomes are unknown.
    database.exec(`${tables} UPDATE spending SET is_lost = 1, in_flight = 0 WHERE in_flight > 0`);
  }

  async find(key: SpendingKey): Promise<{ day: CalendarDate; currency: string }[]> {
    const rows = this.#database.prepare(`SELECT day, currency FROM spending WHERE ${ofKey}`).all(...valuesOf(key));
    return rows as { day: CalendarDate; currency: string }[];
  }

  async replace(
    key: SpendingKey,
    day: CalendarDate,
    currencies: readonly string[],
    decide: (counts: readonly Count[]) => readonly Count[] | null,
  ): Promise<void> {
    if (this.#prunedOn < day) this.#prune(day);
    this.#database.transaction(() => {
      const before = currencies.map((currency) => this.#read(key, day, currency));
      if (before.some(({ spent }) => spent === null) && this.#isFull()) throw new Error('the outcome store is full');
      for (const count of decide(before) ?? []) this.#write(key, day, count);
    })();
  }

  #read(key: SpendingKey, day: CalendarDate, currency: string): Count {
    const spent = this.#database
      .prepare(
        `SELECT amount, settled, in_flight AS inFlight, is_lost AS isLost
         FROM spending WHERE ${ofKey} AND day = ? AND currency = ?`,
      )
      .get(...valuesOf(key), day, currency) as (Omit<KeySpending, 'isLost'> & { isLost: number }) | undefined;
    const sum = this.#database
      .prepare('SELECT total FROM spending_totals WHERE principal = ? AND day = ? AND currency = ?')
      .get(key.principal, day, currency) as { total: string } | undefined;
    return { currency, spent: spent ? { ...spent, isLost: spent.isLost === 1 } : null, total: sum?.total ?? '0' };
  }

  #write(key: SpendingKey, day: CalendarDate, { currency, spent, total }: Count): void {
    const values = [...valuesOf(key), day, currency];
    if (spent) {
      const { amount, settled, inFlight, isLost } = spent;
      const sql = 'INSERT OR REPLACE INTO spending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
      this.#run(sql, ...values, amount, settled, inFlight, isLost ? 1 : 0);
    } else {
      this.#run(`DELETE FROM spending WHERE ${ofKey} AND day = ? AND currency = ?`, ...values);
    }
    this.#run('INSERT OR REPLACE INTO spending_totals VALUES (?, ?, ?, ?)', key.principal, day, currency, total);
  }

  #prune(day: CalendarDate): void {
    const oldest = addDays(day, -keptDays);
    this.#run('DELETE FROM spending WHERE day < ?', oldest);
    this.#run('DELETE FROM spending_totals WHERE day < ?', oldest);
    this.#prunedOn = day;
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#database.prepare(sql).run(...values);
  }
}

function valuesOf({ principal, mutation, idempotencyKey }: SpendingKey): [string, string, string] {
  return [principal, mutation, idempotencyKey];
}
