import { parseDecimal } from '../domain/decimal.ts';
import type { Micros } from '../domain/instant.ts';
import { invalid } from '../domain/Refusal.ts';
import { type SeedAccount, seedAccounts } from '../domain/seed.ts';
import type { AccountTable } from '../store/AccountTable.ts';

/**
 * Writes the seeded accounts; where the system currency is not USD, who holds dollars holds as much of it too.
 * Runs inside a transaction of its caller.
 */
export function seedLedger(accounts: AccountTable, systemCurrency: string, at: Micros): void {
  for (const account of seedAccounts) {
    const { USD: dollars } = account.cash;
    const cash = dollars === undefined ? account.cash : { ...account.cash, [systemCurrency]: dollars };
    openAccount({ ...account, cash }, accounts, at);
  }
}

/** A new account, by default an active customer; or what changes of one. */
export type AccountChange = Pick<SeedAccount, 'id' | 'cash' | 'shares'> & Partial<Pick<SeedAccount, 'kind' | 'status'>>;

/**
 * Opens an account, or changes one: only what is named of it is set, the rest stays.
 *
 * @throws Refusal 400 when a holding is no decimal of 0 or more
 */
export function openAccount(account: AccountChange, accounts: AccountTable, at: Micros): void {
  const { id } = account;
  const known = accounts.find(id) ?? { kind: 'customer', status: 'ACTIVE', number: numberOf(id), created_at: at };
  accounts.put({ ...known, id, kind: account.kind ?? known.kind, status: account.status ?? known.status });
  for (const [currency, amount] of Object.entries(account.cash)) hold(accounts, id, `cash:${currency}`, amount);
  for (const [symbol, amount] of Object.entries(account.shares)) hold(accounts, id, `shares:${symbol}`, amount);
}

function hold(accounts: AccountTable, id: string, unit: string, amount: string): void {
  const value = parseDecimal(amount);
  if (!value || value.units < 0n) throw invalid(`${unit} must be a decimal of 0 or more, found ${amount}`);
  accounts.setHolding(id, unit, value);
}

/** Nine digits, as account numbers have, from the id. */
function numberOf(id: string): string {
  return (Number.parseInt(id.slice(0, 8), 16) % 1_000_000_000).toString().padStart(9, '0');
}
