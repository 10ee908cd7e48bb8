import { EntryIdentity } from '../../domain/EntryIdentity.ts';
import type { DescriptionReading } from '../../domain/EntryIdentity.ts';
import type { BatchItem } from '../../domain/newJournal.ts';

export interface BatchJournalResult extends BatchItem {
  /** The index of the journal's entry in the input; null if no entry matches. */
  entryIndex: number | null;
}

/** The result of a batch or a reverse batch. */
export interface BatchSuccess {
  results: BatchJournalResult[];
  idempotencyKey: string;
  /** As in `CreateJournalSuccess`. */
  replayed: boolean | null;
}

/** One way to match journals with entries. */
interface Comparison {
  /** Only entries and journals with equal keys are compared. */
  keyOf: (identity: EntryIdentity) => string;
  matches: (entry: EntryIdentity, journal: EntryIdentity) => boolean;
}

/** The comparisons, strictest first. Each is applied to the journals and entries that are still unmatched. */
const comparisons: Comparison[] = [
  by('exact'),
  by('plain'),
  by('letters'),
  { keyOf: ({ account }) => account, matches: (entry, journal) => entry.mayBecome(journal) },
  by('none'),
];

/**
 * Matches each journal with its entry, since the API may return the journals in any order. Compares account, amount,
 * description and currency first as they are, then with allowance for the ways in which the API may have changed them.
 * Equal entries are interchangeable.
 */
export function matchEntries(
  entries: readonly EntryIdentity[],
  items: readonly BatchItem[],
  accountOf: (item: BatchItem) => string,
): BatchJournalResult[] {
  const journals = items.map((item) => EntryIdentity.ofJournal(item.journal, accountOf(item)));
  const indexes = new Array<number | null>(items.length).fill(null);
  for (const { keyOf, matches } of comparisons) {
    if (!indexes.includes(null)) break;
    const unmatched = groupEntries(entries, indexes, keyOf);
    journals.forEach((journal, position) => {
      if (indexes[position] !== null) return;
      const group = unmatched.get(keyOf(journal)) ?? [];
      const place = group.findIndex(({ entry }) => matches(entry, journal));
      if (place !== -1) indexes[position] = group.splice(place, 1)[0]?.index ?? null;
    });
  }
  return items.map((item, position) => ({ ...item, entryIndex: indexes[position] ?? null }));
}

function by(reading: DescriptionReading): Comparison {
  return { keyOf: (identity) => identity.key(reading), matches: (entry, journal) => entry.sharesCurrency(journal) };
}

/** Groups the entries that have no journal yet by their key. */
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
