import type Database from 'libsql';

import { type Decimal, parseStoredDecimal, zero } from '../values/decimal.ts';
import type { Micros } from '../values/instant.ts';
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

/** The movement of a journal's amount from one account to another. */
export interface Posting {
  journalId: string;
  from: string;
  to: string;
  unit: string;
  amount: string;
}

/**
 * Accounts, their holdings and postings, and how much of their daily limit they have used.
 * All rows except postings are cached, since every journal reads the same few.
 */
export class AccountTable {
  readonly #one: Query<AccountRow>;
  readonly #all: Query<AccountRow>;
  readonly #put: Query<never>;
  readonly #holding: Query<{ amount: string }>;
  readonly #holdings: Query<HoldingRow>;
  readonly #putHolding: Query<never>;
  readonly #post: Query<never>;
  readonly #usage: Query<{ amount: string }>;
  readonly #putUsage: Query<never>;
  readonly #accountCache = new Map<string, AccountRow>();
  readonly #holdingCache = new Map<string, Decimal>();
  readonly #usageCache = new Map<string, Decimal>();

  constructor(database: Database.Database) {
    this.#one = new Query(database, 'SELECT * FROM accounts WHERE id = ?');
    this.#all = new Query(database, 'SELECT * FROM accounts ORDER BY created_at, id');
    this.#put = new Query(database, 'INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)');
    this.#holding = new Query(database, 'SELECT amount FROM holdings WHERE account_id = ? AND unit = ?');
    this.#holdings = new Query(database, 'SELECT * FROM holdings ORDER BY account_id, unit');
    this.#putHolding = new Query(database, 'INSERT OR REPLACE INTO holdings VALUES (?, ?, ?)');
    this.#post = new Query(database, 'INSERT INTO postings VALUES (NULL, ?, ?, ?, ?, ?), (NULL, ?, ?, ?, ?, ?)');
    this.#usage = new Query(database, 'SELECT amount FROM daily_use WHERE account_id = ? AND unit = ? AND day = ?');
    this.#putUsage = new Query(database, 'INSERT OR REPLACE INTO daily_use VALUES (?, ?, ?, ?)');
  }

  find(id: string): AccountRow | undefined {
    const account = this.#accountCache.get(id) ?? this.#one.first(id);
    if (account) this.#accountCache.set(id, account);
    return account;
  }

  all(): AccountRow[] {
    return this.#all.all();
  }

  put(account: AccountRow): void {
    const { id, kind, status, number, created_at } = account;
    this.#put.run(id, kind, status, number, created_at);
    this.#accountCache.set(id, account);
  }

  holding(accountId: string, unit: string): Decimal {
    return cached(this.#holdingCache, `${accountId} ${unit}`, () => this.#holding.first(accountId, unit));
  }

  holdings(): HoldingRow[] {
    return this.#holdings.all();
  }

  setHolding(accountId: string, unit: string, amount: Decimal): void {
    this.#putHolding.run(accountId, unit, amount.toFixed());
    this.#holdingCache.set(`${accountId} ${unit}`, amount);
  }

  /** Writes one debit row and one credit row. */
  post({ journalId, from, to, unit, amount }: Posting, at: Micros): void {
    this.#post.run(journalId, from, unit, `-${amount}`, at, journalId, to, unit, amount, at);
  }

  usedOn(day: string, accountId: string, unit: string): Decimal {
    return cached(this.#usageCache, `${accountId} ${unit} ${day}`, () => this.#usage.first(accountId, unit, day));
  }

  setUsedOn(day: string, accountId: string, unit: string, amount: Decimal): void {
    this.#putUsage.run(accountId, unit, day, amount.toFixed());
    this.#usageCache.set(`${accountId} ${unit} ${day}`, amount);
  }

  /** Must be called after a rollback: the cache may hold values that were rolled back. */
  clearCache(): void {
    for (const cache of [this.#accountCache, this.#holdingCache, this.#usageCache]) cache.clear();
  }
}

function cached(cache: Map<string, Decimal>, key: string, read: () => { amount: string } | undefined): Decimal {
  const found = cache.get(key);
  if (found) return found;
  const row = read();
  const amount = row ? parseStoredDecimal(row.amount) : zero;
  cache.set(key, amount);
  return amount;
}
