import { entryKey, identityOfJournal } from '../domain/entryIdentity.ts';
import type { EntryIdentity } from '../domain/entryIdentity.ts';
import type { BatchItem } from '../domain/newJournal.ts';

export interface BatchJournalResult extends BatchItem {
  /** Which entry of the input; null when none fits. */
  entryIndex: number | null;
}

/**
 * Finds each journal's entry, whatever order the API answers in: by account, amount by value and description,
 * then, for what is left, without the description. Entries that can't be told apart are interchangeable.
 */
export function matchEntries(
  entries: readonly EntryIdentity[],
  items: readonly BatchItem[],
  accountOf: (item: BatchItem) => string,
): BatchJournalResult[] {
  const indexes = new Array<number | null>(items.length).fill(null);
  for (const isExact of [true, false]) {
    const waiting = groupEntries(entries, indexes, isExact);
    items.forEach((item, position) => {
      indexes[position] ??=
        waiting.get(entryKey(identityOfJournal(item.journal, accountOf(item)), isExact))?.shift() ?? null;
    });
  }
  return items.map((item, position) => ({ ...item, entryIndex: indexes[position] ?? null }));
}

/** The indexes of entries that no journal has taken yet, by what tells them apart. */
function groupEntries(
  entries: readonly EntryIdentity[],
  taken: readonly (number | null)[],
  isExact: boolean,
): Map<string, number[]> {
  const takenIndexes = new Set(taken);
  const groups = new Map<string, number[]>();
  entries.forEach((entry, index) => {
    if (takenIndexes.has(index)) return;
    const key = entryKey(entry, isExact);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  return groups;
}
