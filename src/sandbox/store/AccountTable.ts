import type Database from 'libsql';

import { type Decimal, formatDecimal, storedDecimal, zero } from '../decimal.ts';
import type { Micros } from '../instant.ts';
import { Query } from './Query.ts';

export interface AccountRow {
  id: string;
  kind: 'firm' | 'customer';
  status: string;
  number: string;
  created_at: Micros;
}

export interface HoldingRow {
  account_id: string;
  unit: string;
  amount: string;
}

/** Accounts, what they hold, and how much of the daily limit they have used. */
export class AccountTable {
  readonly #one: Query<AccountRow>;
  readonly #all: Query<AccountRow>;
  readonly #put: Query<never>;
  readonly #holding: Query<HoldingRow>;
  readonly #holdings: Query<HoldingRow>;
  readonly #hold: Query<never>;
  readonly #used: Query<{ amount: string }>;
  readonly #use: Query<never>;

  constructor(database: Database.Database) {
    this.#one = new Query(database, 'SELECT * FROM accounts WHERE id = ?');
    this.#all = new Query(database, 'SELECT * FROM accounts ORDER BY created_at, id');
    this.#put = new Query(database, 'INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)');
    this.#holding = new Query(database, 'SELECT * FROM holdings WHERE account_id = ? AND unit = ?');
    this.#holdings = new Query(database, 'SELECT * FROM holdings ORDER BY account_id, unit');
    this.#hold = new Query(database, 'INSERT OR REPLACE INTO holdings VALUES (?, ?, ?)');
    this.#used = new Query(database, 'SELECT amount FROM daily_use WHERE account_id = ? AND unit = ? AND day = ?');
    this.#use = new Query(database, 'INSERT OR REPLACE INTO daily_use VALUES (?, ?, ?, ?)');
  }

  find(id: string): AccountRow | undefined {
    return this.#one.first(id);
  }

  all(): AccountRow[] {
    return this.#all.all();
  }

  put({ id, kind, status, number, created_at }: AccountRow): void {
    this.#put.run(id, kind, status, number, created_at);
  }

  holding(accountId: string, unit: string): Decimal {
    const row = this.#holding.first(accountId, unit);
    return row ? storedDecimal(row.amount) : zero;
  }

  holdings(): HoldingRow[] {
    return this.#holdings.all();
  }

  setHolding(accountId: string, unit: string, amount: Decimal): void {
    this.#hold.run(accountId, unit, formatDecimal(amount));
  }

  usedOn(day: string, accountId: string, unit: string): Decimal {
    const row = this.#used.first(accountId, unit, day);
    return row ? storedDecimal(row.amount) : zero;
  }

  setUsedOn(day: string, accountId: string, unit: string, amount: Decimal): void {
    this.#use.run(accountId, unit, day, formatDecimal(amount));
  }
}
