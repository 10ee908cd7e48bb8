import { dayOfInstant } from '../../domain/instant.ts';
import type { CalendarDate } from '../../domain/calendarDate.ts';
import { journalProgresses, journalStatuses, progressOf } from '../../domain/journal.ts';
import type { Journal, JournalEntryType, JournalProgress, JournalStatus } from '../../domain/journal.ts';

export type JournalTotalsKey = 'DAY' | 'STATUS' | 'PROGRESS' | 'ENTRY_TYPE' | 'FROM_ACCOUNT' | 'TO_ACCOUNT';

/** What the journals of a group have in common; null for a key by which they are not grouped. */
export interface TotalsGroup {
  day: CalendarDate | null;
  status: JournalStatus | null;
  progress: JournalProgress | null;
  entryType: JournalEntryType | null;
  fromAccount: string | null;
  toAccount: string | null;
  /** Null for securities. */
  currency: string | null;
  /** Null for cash. */
  symbol: string | null;
}

/**
 * Returns the group of a journal.
 *
 * @param firmCurrency the currency of cash journals for which the API states none
 */
export function groupOf(journal: Journal, keys: ReadonlySet<JournalTotalsKey>, firmCurrency: string): TotalsGroup {
  const { createdAt, status, entryType, fromAccount, toAccount } = journal;
  return {
    day: keys.has('DAY') && createdAt !== null ? dayOfInstant(createdAt) : null,
    status: keys.has('STATUS') ? status : null,
    progress: keys.has('PROGRESS') ? progressOf(status) : null,
    entryType: keys.has('ENTRY_TYPE') ? entryType : null,
    fromAccount: keys.has('FROM_ACCOUNT') ? fromAccount : null,
    toAccount: keys.has('TO_ACCOUNT') ? toAccount : null,
    currency: entryType === 'JNLC' ? (journal.currency ?? firmCurrency) : null,
    symbol: entryType === 'JNLS' ? journal.symbol : null,
  };
}

const entryTypes: readonly JournalEntryType[] = ['JNLC', 'JNLS', 'UNKNOWN'];
/** Sorts after every other value. */
const last = '~';

/** For each key, the text by which groups are sorted. */
const sortKeys: Readonly<Record<JournalTotalsKey, (group: TotalsGroup) => string>> = {
  DAY: ({ day }) => day ?? last,
  STATUS: ({ status }) => rankOf([...journalStatuses, 'unknown'], status),
  PROGRESS: ({ progress }) => rankOf(journalProgresses, progress),
  ENTRY_TYPE: ({ entryType }) => rankOf(entryTypes, entryType),
  FROM_ACCOUNT: ({ fromAccount }) => fromAccount ?? last,
  TO_ACCOUNT: ({ toAccount }) => toAccount ?? last,
};

/** Sorts groups by day, then by the other keys in the requested order, then by currency and symbol. */
export function sortGroups<Group extends TotalsGroup>(
  groups: readonly Group[],
  keys: ReadonlySet<JournalTotalsKey>,
): Group[] {
  const sorted = [...keys].sort((one, other) => Number(other === 'DAY') - Number(one === 'DAY'));
  const keyed = groups.map((group) => ({
    group,
    sortKey: [...sorted.map((key) => sortKeys[key](group)), group.currency ?? last, group.symbol ?? last],
  }));
  return keyed.sort((one, other) => compare(one.sortKey, other.sortKey)).map(({ group }) => group);
}

function rankOf<Value>(order: readonly Value[], value: Value | null): string {
  return value === null ? last : String(order.indexOf(value)).padStart(2, '0');
}

function compare(one: readonly string[], other: readonly string[]): number {
  const differing = one.findIndex((text, index) => text !== other[index]);
  return differing === -1 ? 0 : (one[differing] ?? '') < (other[differing] ?? '') ? -1 : 1;
}
