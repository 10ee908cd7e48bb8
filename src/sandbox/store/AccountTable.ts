import type Database from 'libsql';

import { type Decimal, formatDecimal, storedDecimal, zero } from '../domain/decimal.ts';
import type { Micros } from '../domain/instant.ts';
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

/**
 * Accounts, what they hold, and how much of the daily limit they have used.
 * It remembers what it read or wrote, since every journal asks for the same few rows.
 */
export class AccountTable {
  readonly #one: Query<AccountRow>;
  readonly #all: Query<AccountRow>;
  readonly #put: Query<never>;
  readonly #holding: Query<{ amount: string }>;
  readonly #holdings: Query<HoldingRow>;
  readonly #hold: Query<never>;
  readonly #used: Query<{ amount: string }>;
  readonly #use: Query<never>;
  readonly #knownAccounts = new Map<string, AccountRow>();
  readonly #knownHoldings = new Map<string, Decimal>();
  readonly #knownUse = new Map<string, Decimal>();

  constructor(database: Database.Database) {
    this.#one = new Query(database, 'SELECT * FROM accounts WHERE id = ?');
    this.#all = new Query(database, 'SELECT * FROM accounts ORDER BY created_at, id');
    this.#put = new Query(database, 'INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)');
    this.#holding = new Query(database, 'SELECT amount FROM holdings WHERE account_id = ? AND unit = ?');
    this.#holdings = new Query(database, 'SELECT * FROM holdings ORDER BY account_id, unit');
    this.#hold = new Query(database, 'INSERT OR REPLACE INTO holdings VALUES (?, ?, ?)');
    this.#used = new Query(database, 'SELECT amount FROM daily_use WHERE account_id = ? AND unit = ? AND day = ?');
    this.#use = new Query(database, 'INSERT OR REPLACE INTO daily_use VALUES (?, ?, ?, ?)');
  }

  find(id: string): AccountRow | undefined {
    const account = this.#knownAccounts.get(id) ?? this.#one.first(id);
    if (account) this.#knownAccounts.set(id, account);
    return account;
  }

  all(): AccountRow[] {
    return this.#all.all();
  }

  put(account: AccountRow): void {
    const { id, kind, status, number, created_at } = account;
    this.#put.run(id, kind, status, number, created_at);
    this.#knownAccounts.set(id, account);
  }

  holding(accountId: string, unit: string): Decimal {
    return remembered(this.#knownHoldings, `${accountId} ${unit}`, () => this.#holding.first(accountId, unit));
  }

  holdings(): HoldingRow[] {
    return this.#holdings.all();
  }

  setHolding(accountId: string, unit: string, amount: Decimal): void {
    this.#hold.run(accountId, unit, formatDecimal(amount));
    this.#knownHoldings.set(`${accountId} ${unit}`, amount);
  }

  usedOn(day: string, accountId: string, unit: string): Decimal {
    return remembered(this.#knownUse, `${accountId} ${unit} ${day}`, () => this.#used.first(accountId, unit, day));
  }

  setUsedOn(day: string, accountId: string, unit: string, amount: Decimal): void {
    this.#use.run(accountId, unit, day, formatDecimal(amount));
    this.#knownUse.set(`${accountId} ${unit} ${day}`, amount);
  }

  /** Must be called when a change was undone: what is remembered may never have been. */
  forget(): void {
    for (const known of [this.#knownAccounts, this.#knownHoldings, this.#knownUse]) known.clear();
  }
}

function remembered(known: Map<string, Decimal>, key: string, read: () => { amount: string } | undefined): Decimal {
  const found = known.get(key);
  if (found) return found;
  const row = read();
  const amount = row ? storedDecimal(row.amount) : zero;
  known.set(key, amount);
  return amount;
}
