import { EntryIdentity } from '../../domain/EntryIdentity.ts';
import type { DescriptionReading } from '../../domain/EntryIdentity.ts';
import type { BatchItem } from '../../domain/newJournal.ts';

export interface BatchJournalResult extends BatchItem {
  /** Which entry of the input; null when none fits. */
  entryIndex: number | null;
}

/** One way to find the entry of a journal. */
interface Comparison {
  /** Equal for those that are compared at all. */
  keyOf: (identity: EntryIdentity) => string;
  fits: (entry: EntryIdentity, journal: EntryIdentity) => boolean;
}

/** The closest first: each is for the journals and entries that those before it have left. */
const comparisons: Comparison[] = [
  by('exact'),
  by('plain'),
  by('letters'),
  { keyOf: ({ account }) => account, fits: (entry, journal) => entry.mayBecome(journal) },
  by('none'),
];

/**
 * Finds each journal's entry, whatever order the API answers in: by account, amount, description and the currency that
 * both state; then by what the API may have made of them. Entries that can't be told apart are interchangeable.
 */
export function matchEntries(
  entries: readonly EntryIdentity[],
  items: readonly BatchItem[],
  accountOf: (item: BatchItem) => string,
): BatchJournalResult[] {
  const journals = items.map((item) => EntryIdentity.ofJournal(item.journal, accountOf(item)));
  const indexes = new Array<number | null>(items.length).fill(null);
  for (const { keyOf, fits } of comparisons) {
    if (!indexes.includes(null)) break;
    const waiting = groupEntries(entries, indexes, keyOf);
    journals.forEach((journal, position) => {
      if (indexes[position] !== null) return;
      const group = waiting.get(keyOf(journal)) ?? [];
      const place = group.findIndex(({ entry }) => fits(entry, journal));
      if (place !== -1) indexes[position] = group.splice(place, 1)[0]?.index ?? null;
    });
  }
  return items.map((item, position) => ({ ...item, entryIndex: indexes[position] ?? null }));
}

function by(reading: DescriptionReading): Comparison {
  return { keyOf: (identity) => identity.key(reading), fits: (entry, journal) => entry.sharesCurrency(journal) };
}

/** The entries that no journal has taken yet, by their key. */
function groupEntries(
  entries: readonly EntryIdentity[],
  taken: readonly (number | null)[],
  keyOf: Comparison['keyOf'],
): Map<string, { index: number; entry: EntryIdentity }[]> {
  const takenIndexes = new Set(taken);
  const groups = new Map<string, { index: number; entry: EntryIdentity }[]>();
  entries.forEach((entry, index) => {
    if (takenIndexes.has(index)) return;
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push({ index, entry });
    else groups.set(key, [{ index, entry }]);
  });
  return groups;
}
