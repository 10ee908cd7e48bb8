import type { JournalStatus } from '../graphql/journalFields.ts';

/** `attention`: the journal waits for a person. `failed`: nothing was moved, or it was moved back. */
type Tone = 'underWay' | 'attention' | 'done' | 'failed' | 'neutral';

interface StatusWords {
  label: string;
  tone: Tone;
  /** What the status means, for a tooltip. */
  about: string;
}

export const statusWords: Readonly<Record<JournalStatus, StatusWords>> = {
  QUEUED: { label: 'Queued', tone: 'underWay', about: 'Accepted and waiting to be processed' },
  SENT_TO_CLEARING: { label: 'Sent to clearing', tone: 'underWay', about: 'Being processed by the clearing house' },
  EXECUTED: { label: 'Executed', tone: 'done', about: 'The balances have been moved' },
  ACTIVITY_CREATED: { label: 'Activity created', tone: 'done', about: 'Executed, and recorded in both accounts' },
  PENDING: { label: 'Pending', tone: 'attention', about: 'Above a limit: waits for approval and can be deleted' },
  REJECTED: { label: 'Rejected', tone: 'failed', about: 'Approval was denied' },
  REFUSED: { label: 'Refused', tone: 'failed', about: 'Failed after it was accepted' },
  CANCELED: { label: 'Canceled', tone: 'failed', about: 'Canceled before execution' },
  DELETED: { label: 'Deleted', tone: 'failed', about: 'Deleted before execution' },
  CORRECT: { label: 'Corrected', tone: 'neutral', about: 'Replaced by a corrected journal' },
  UNKNOWN: { label: 'Unknown', tone: 'neutral', about: 'A status that this gateway does not know' },
};

export function isStatus(word: string): word is JournalStatus {
  return Object.hasOwn(statusWords, word);
}
