import { type Answer, json } from '../api/Answer.ts';
import { accountNotFound } from '../api/Refusal.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import type { AccountRow, AccountTable, HoldingRow } from '../store/AccountTable.ts';
import { formatInstant } from '../values/instant.ts';

/** `GET /v1/accounts` */
export function listAccounts(accounts: AccountTable, { systemCurrency }: Settings): Answer {
  const holdings = accounts.holdings();
  return json(accounts.all().map((account) => formatAccount(account, holdings, systemCurrency)));
}

/** `GET /v1/accounts/{id}`. @throws Refusal 404 */
export function getAccount(id: string, accounts: AccountTable, { systemCurrency }: Settings): Answer {
  const account = accounts.find(id.toLowerCase());
  if (!account) throw accountNotFound(id);
  return json(formatAccount(account, accounts.holdings(), systemCurrency));
}

/** Formats an account with the fields that the ledger knows: no contact, identity or documents. */
function formatAccount(account: AccountRow, holdings: readonly HoldingRow[], systemCurrency: string): object {
  const own = holdings.filter((holding) => holding.account_id === account.id);
  const cash = byUnit(own, 'cash:');
  return {
    id: account.id,
    account_number: account.number,
    account_type: 'trading',
    status: account.status,
    currency: systemCurrency,
    created_at: formatInstant(account.created_at),
    // Required by alpaca-py. The value of shares is not included.
    last_equity: cash[systemCurrency] ?? '0',
    cash: cash[systemCurrency] ?? '0',
    cash_by_currency: cash,
    positions: Object.entries(byUnit(own, 'shares:')).map(([symbol, qty]) => ({ symbol, qty })),
  };
}

function byUnit(holdings: readonly HoldingRow[], prefix: string): Record<string, string> {
  const ofKind = holdings.filter(({ unit }) => unit.startsWith(prefix));
  return Object.fromEntries(ofKind.map(({ unit, amount }) => [unit.slice(prefix.length), amount]));
}
