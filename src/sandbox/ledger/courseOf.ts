import type { Settings } from '../domain/SandboxOptions.ts';
import { type Decimal, add, compare, multiply, storedDecimal } from '../domain/decimal.ts';
import type { Course } from './StatusWalk.ts';
import type { AccountTable } from '../store/AccountTable.ts';
import type { JournalDraft } from '../rules/JournalDraft.ts';

/** How a request arrived: the v2 flow concerns single journals, the refused fixture batches. */
export type RequestKind = 'single' | 'batch' | 'reverse';

const fixture = /\/fixtures\/status=(pending|rejected|refused)\/fixtures\//;

/**
 * Which way a new journal goes: by its fixture, by the limits, or straight on.
 * What goes straight on counts towards the day's limit; what waits for approval does not.
 */
export function courseOf(
  draft: JournalDraft,
  kind: RequestKind,
  day: string,
  accounts: AccountTable,
  settings: Settings,
): Course {
  const word = fixture.exec(draft.description)?.[1];
  if (word === 'refused' && kind !== 'single') return 'refused';
  const isFixed = word === 'pending' || word === 'rejected';
  if (isFixed && settings.fixtures === 'any-amount') return courseOfFixture(word);
  if (isAboveLimit(draft, day, accounts, settings)) return isFixed ? courseOfFixture(word) : 'pending-then-executed';
  return draft.entryType === 'JNLC' && settings.jnlcFlow === 'v2' && kind === 'single' ? 'at-once' : 'walk';
}

function courseOfFixture(word: 'pending' | 'rejected'): Course {
  return word === 'pending' ? 'pending' : 'pending-then-rejected';
}

/** Counts a JNLC below its limits as used. */
function isAboveLimit(draft: JournalDraft, day: string, accounts: AccountTable, settings: Settings): boolean {
  const amount = storedDecimal(draft.amount);
  if (draft.entryType === 'JNLS') {
    // Without a price nobody knows what it is worth.
    return draft.price !== null && compare(multiply(amount, storedDecimal(draft.price)), settings.securitiesLimit) > 0;
  }
  const used = add(accounts.usedOn(day, draft.fromAccount, draft.unit), amount);
  const limit = dailyLimitOf(draft.fromAccount, accounts, settings);
  if (compare(amount, settings.perJournalLimit) > 0 || compare(used, limit) > 0) return true;
  accounts.setUsedOn(day, draft.fromAccount, draft.unit, used);
  return false;
}

function dailyLimitOf(accountId: string, accounts: AccountTable, settings: Settings): Decimal {
  return accounts.find(accountId)?.kind === 'firm' ? settings.firmDailyLimit : settings.dailyLimit;
}
