import { formatAccount } from '../format/formatAccount.ts';
import { type Answer, json } from '../api/Answer.ts';
import { accountNotFound } from '../api/Refusal.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import type { AccountTable } from '../store/AccountTable.ts';

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
