import { type Decimal, add, compare, formatDecimal, storedDecimal, zero } from '../domain/decimal.ts';
import { Refusal, accountNotFound } from '../domain/Refusal.ts';
import type { AccountRow, AccountTable } from '../store/AccountTable.ts';
import type { JournalDraft } from './JournalDraft.ts';

/**
 * Whether accounts, direction and balances allow all of these journals; the first that fails refuses them all.
 *
 * @throws Refusal 404 for an unknown account, 403 for everything else
 */
export function checkAccounts(drafts: readonly JournalDraft[], accounts: AccountTable): void {
  const sent = new Map<string, Decimal>();
  for (const draft of drafts) {
    checkDirection(draft, found(accounts, draft.fromAccount), found(accounts, draft.toAccount));
    const key = `${draft.fromAccount} ${draft.unit}`;
    sent.set(key, add(sent.get(key) ?? zero, storedDecimal(draft.amount)));
  }
  for (const draft of drafts) {
    const needed = sent.get(`${draft.fromAccount} ${draft.unit}`) ?? zero;
    const held = accounts.holding(draft.fromAccount, draft.unit);
    if (compare(held, needed) < 0) throw insufficient(draft, held, needed);
  }
}

/** The documents say CLOSED and CLOSE, the accounts API ACCOUNT_CLOSED. */
const closedWords = new Set(['CLOSE', 'CLOSED', 'ACCOUNT_CLOSED']);

function checkDirection(draft: JournalDraft, from: AccountRow, to: AccountRow): void {
  if (from.id === to.id) throw new Refusal(403, 'from_account and to_account must be different accounts');
  if (draft.entryType === 'JNLS' && !(from.kind === 'firm' && to.kind === 'customer')) {
    throw new Refusal(403, 'securities can be journaled from a firm account to a customer account only');
  }
  // In the API's own words.
  if (from.kind === 'customer' && to.kind === 'customer')
    throw new Refusal(403, 'customer-to-customer JNLC not enabled');
  if (from.status !== 'ACTIVE' && !closedWords.has(from.status)) {
    throw new Refusal(403, `from_account must be active or closed: ${from.id} is ${from.status}`);
  }
  if (to.status !== 'ACTIVE') throw new Refusal(403, `to_account must be active: ${to.id} is ${to.status}`);
}

function found(accounts: AccountTable, id: string): AccountRow {
  const account = accounts.find(id);
  if (!account) throw accountNotFound(id);
  return account;
}

function insufficient(draft: JournalDraft, held: Decimal, needed: Decimal): Refusal {
  // In the API's own words; of securities they are not known.
  if (draft.entryType === 'JNLC') return new Refusal(403, 'transferable balance is insufficient');
  const symbol = draft.unit.slice('shares:'.length);
  const figures = `holds ${formatDecimal(held)} ${symbol}, ${formatDecimal(needed)} needed`;
  return new Refusal(403, `insufficient assets: ${draft.fromAccount} ${figures}`);
}
