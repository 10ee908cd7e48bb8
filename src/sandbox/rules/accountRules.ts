import { type Decimal, parseStoredDecimal, zero } from '../values/decimal.ts';
import { Refusal, accountNotFound } from '../api/Refusal.ts';
import type { AccountRow, AccountTable } from '../store/AccountTable.ts';
import type { JournalDraft } from './readJournalRequests.ts';

/**
 * Checks the accounts, direction and balance of each journal. If a check fails, all journals are refused.
 *
 * @throws Refusal 404 for an unknown account, 403 otherwise
 */
export function checkAccounts(drafts: readonly JournalDraft[], accounts: AccountTable): void {
  const sent = new Map<string, Decimal>();
  for (const draft of drafts) {
    checkDirection(draft, findAccount(accounts, draft.fromAccount), findAccount(accounts, draft.toAccount));
    const key = `${draft.fromAccount} ${draft.unit}`;
    sent.set(key, (sent.get(key) ?? zero).plus(parseStoredDecimal(draft.amount)));
  }
  for (const draft of drafts) {
    const needed = sent.get(`${draft.fromAccount} ${draft.unit}`) ?? zero;
    const held = accounts.holding(draft.fromAccount, draft.unit);
    if (held.lt(needed)) throw insufficient(draft, held, needed);
  }
}

/** The docs have CLOSED and CLOSE, the accounts API has ACCOUNT_CLOSED. */
const closedStatuses = new Set(['CLOSE', 'CLOSED', 'ACCOUNT_CLOSED']);

function checkDirection(draft: JournalDraft, from: AccountRow, to: AccountRow): void {
  if (from.id === to.id) throw new Refusal(403, 'from_account and to_account must be different accounts');
  if (draft.entryType === 'JNLS' && !(from.kind === 'firm' && to.kind === 'customer')) {
    throw new Refusal(403, 'securities can be journaled from a firm account to a customer account only');
  }
  // The API's literal message.
  if (from.kind === 'customer' && to.kind === 'customer')
    throw new Refusal(403, 'customer-to-customer JNLC not enabled');
  if (from.status !== 'ACTIVE' && !closedStatuses.has(from.status)) {
    throw new Refusal(403, `from_account must be active or closed: ${from.id} is ${from.status}`);
  }
  if (to.status !== 'ACTIVE') throw new Refusal(403, `to_account must be active: ${to.id} is ${to.status}`);
}

function findAccount(accounts: AccountTable, id: string): AccountRow {
  const account = accounts.find(id);
  if (!account) throw accountNotFound(id);
  return account;
}

function insufficient(draft: JournalDraft, held: Decimal, needed: Decimal): Refusal {
  // The API's literal message for cash. The one for securities isn't known.
  if (draft.entryType === 'JNLC') return new Refusal(403, 'transferable balance is insufficient');
  const symbol = draft.unit.slice('shares:'.length);
  const figures = `holds ${held.toFixed()} ${symbol}, ${needed.toFixed()} needed`;
  return new Refusal(403, `insufficient assets: ${draft.fromAccount} ${figures}`);
}
