import { formatInstant } from '../values/instant.ts';
import type { AccountRow, HoldingRow } from '../store/AccountTable.ts';

/** An account with what the ledger has of it: no contact, identity or documents. */
export function formatAccount(account: AccountRow, holdings: readonly HoldingRow[], systemCurrency: string): object {
  const own = holdings.filter((holding) => holding.account_id === account.id);
  const cash = byUnit(own, 'cash:');
  return {
    id: account.id,
    account_number: account.number,
    account_type: 'trading',
    status: account.status,
    currency: systemCurrency,
    created_at: formatInstant(account.created_at),
    // alpaca-py requires it. The value of shares is not included.
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
