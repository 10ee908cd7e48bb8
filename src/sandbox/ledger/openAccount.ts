import { parseDecimal, zero } from '../values/decimal.ts';
import type { Micros } from '../values/instant.ts';
import { invalid } from '../api/Refusal.ts';
import { type SeedAccount, seedAccounts } from '../setup/seed.ts';
import type { AccountTable } from '../store/AccountTable.ts';

/**
 * Writes the seed accounts. Accounts with USD get the same amount of the system currency.
 * Callers provide the transaction.
 */
export function seedLedger(accounts: AccountTable, systemCurrency: string, at: Micros): void {
  for (const account of seedAccounts) {
    const { USD: dollars } = account.cash;
    const cash = dollars === undefined ? account.cash : { ...account.cash, [systemCurrency]: dollars };
    openAccount({ ...account, cash }, accounts, at);
  }
}

/** A new account, by default an active customer, or changes to an existing one. */
export type AccountChange = Pick<SeedAccount, 'id' | 'cash' | 'shares'> & Partial<Pick<SeedAccount, 'kind' | 'status'>>;

/**
 * Opens an account, or changes the given fields of an existing one.
 *
 * @throws Refusal 400 unless every holding is a decimal of 0 or more
 */
export function openAccount(account: AccountChange, accounts: AccountTable, at: Micros): void {
  const { id } = account;
  const current = accounts.find(id) ?? { kind: 'customer', status: 'ACTIVE', number: numberOf(id), created_at: at };
  accounts.put({ ...current, id, kind: account.kind ?? current.kind, status: account.status ?? current.status });
  for (const [currency, amount] of Object.entries(account.cash)) setHolding(accounts, id, `cash:${currency}`, amount);
  for (const [symbol, amount] of Object.entries(account.shares)) setHolding(accounts, id, `shares:${symbol}`, amount);
}

function setHolding(accounts: AccountTable, id: string, unit: string, amount: string): void {
  const value = parseDecimal(amount);
  if (!value || value.lt(zero)) throw invalid(`${unit} must be a decimal of 0 or more, found ${amount}`);
  accounts.setHolding(id, unit, value);
}

/** An account number of nine digits, derived from the id. */
function numberOf(id: string): string {
  return (Number.parseInt(id.slice(0, 8), 16) % 1_000_000_000).toString().padStart(9, '0');
}
