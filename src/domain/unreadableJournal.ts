import type { Instant } from './instant.ts';
import type { Journal, JournalEntryType, JournalSides, JournalStatus } from './journal.ts';

/** A journal that exists but cannot be decoded. Fields that cannot be read are null. */
export interface UnreadableJournal {
  id: string | null;
  /** What was expected and what was found, without data of the journal. */
  problem: string;
  createdAt: Instant | null;
  status: JournalStatus | null;
  entryType: JournalEntryType | null;
  fromAccount: string | null;
  toAccount: string | null;
}

/** An item of a list from the API. */
export type ListedJournal = Journal | UnreadableJournal;

export function isUnreadable(journal: ListedJournal): journal is UnreadableJournal {
  return 'problem' in journal;
}

/** Returns the accounts of the journal. An account that cannot be read is empty, so that it belongs to no principal. */
export function sidesOfUnreadable({ fromAccount, toAccount }: UnreadableJournal): JournalSides {
  return { fromAccount: fromAccount ?? '', toAccount: toAccount ?? '' };
}
