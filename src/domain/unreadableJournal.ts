import type { Instant } from './instant.ts';
import type { Journal, JournalEntryType, JournalSides, JournalStatus } from './journal.ts';

/** A journal that exists and can't be read as a whole: why, and what of it can be read; null for what can't. */
export interface UnreadableJournal {
  id: string | null;
  /** What was expected and what was found, without any of its data. */
  problem: string;
  createdAt: Instant | null;
  status: JournalStatus | null;
  entryType: JournalEntryType | null;
  fromAccount: string | null;
  toAccount: string | null;
}

/** What an API's list holds. */
export type ListedJournal = Journal | UnreadableJournal;

export function isUnreadable(journal: ListedJournal): journal is UnreadableJournal {
  return 'problem' in journal;
}

/** Whose journal it is; an empty account where that can't be read, so that it counts as nobody's. */
export function sidesOfUnreadable({ fromAccount, toAccount }: UnreadableJournal): JournalSides {
  return { fromAccount: fromAccount ?? '', toAccount: toAccount ?? '' };
}
