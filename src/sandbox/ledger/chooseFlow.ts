import type { Settings } from '../setup/SandboxOptions.ts';
import { type Decimal, parseStoredDecimal } from '../values/decimal.ts';
import type { Flow } from './StatusFlow.ts';
import type { AccountTable } from '../store/AccountTable.ts';
import type { JournalDraft } from '../rules/readJournalRequests.ts';

/**
 * The endpoint that creates a journal. The v2 flow applies to single journals only, the `refused` fixture to batches
 * and reverse batches only.
 */
export type RequestKind = 'single' | 'batch' | 'reverse';

/** A text in the description that determines the status of a journal. `refused` is the sandbox's own. */
const fixture = /\/fixtures\/status=(pending|rejected|refused)\/fixtures\//;

/**
 * Chooses the flow of a new journal by its fixture and the limits.
 * Only journals that don't have to wait for approval count towards the daily limit.
 */
export function chooseFlow(
  draft: JournalDraft,
  kind: RequestKind,
  day: string,
  accounts: AccountTable,
  settings: Settings,
): Flow {
  const word = fixture.exec(draft.description)?.[1];
  if (word === 'refused' && kind !== 'single') return 'refused';
  const hasFixture = word === 'pending' || word === 'rejected';
  if (hasFixture && settings.fixtures === 'any-amount') return flowForFixture(word);
  if (isAboveLimit(draft, day, accounts, settings)) return hasFixture ? flowForFixture(word) : 'pending-then-executed';
  return draft.entryType === 'JNLC' && settings.jnlcFlow === 'v2' && kind === 'single' ? 'v2' : 'classic';
}

function flowForFixture(word: 'pending' | 'rejected'): Flow {
  return word === 'pending' ? 'pending' : 'pending-then-rejected';
}

/** Whether a journal is above a limit. If a JNLC isn't, this also counts it towards the daily limit. */
function isAboveLimit(draft: JournalDraft, day: string, accounts: AccountTable, settings: Settings): boolean {
  const amount = parseStoredDecimal(draft.amount);
  if (draft.entryType === 'JNLS') {
    // Without a price the value is unknown, so no limit applies.
    return draft.price !== null && amount.times(parseStoredDecimal(draft.price)).gt(settings.securitiesLimit);
  }
  const used = accounts.usedOn(day, draft.fromAccount, draft.unit).plus(amount);
  const limit = dailyLimitOf(draft.fromAccount, accounts, settings);
  if (amount.gt(settings.perJournalLimit) || used.gt(limit)) return true;
  accounts.setUsedOn(day, draft.fromAccount, draft.unit, used);
  return false;
}

function dailyLimitOf(accountId: string, accounts: AccountTable, settings: Settings): Decimal {
  return accounts.find(accountId)?.kind === 'firm' ? settings.firmDailyLimit : settings.dailyLimit;
}
