import type { Settings } from '../SandboxOptions.ts';
import { add, compare, storedDecimal } from '../decimal.ts';
import type { Course } from '../ledger/StatusWalk.ts';
import type { AccountTable } from '../store/AccountTable.ts';
import type { JournalDraft } from './JournalDraft.ts';

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
  if (word === 'pending') return 'pending';
  if (word === 'rejected') return 'pending-then-rejected';
  if (word === 'refused' && kind !== 'single') return 'refused';
  if (draft.entryType === 'JNLS') return 'walk';
  const amount = storedDecimal(draft.amount);
  const used = add(accounts.usedOn(day, draft.fromAccount, draft.unit), amount);
  if (compare(amount, settings.perJournalLimit) > 0 || compare(used, settings.dailyLimit) > 0) {
    return 'pending-then-executed';
  }
  accounts.setUsedOn(day, draft.fromAccount, draft.unit, used);
  return settings.jnlcFlow === 'v2' && kind === 'single' ? 'at-once' : 'walk';
}
