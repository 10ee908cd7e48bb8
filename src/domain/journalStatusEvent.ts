import type { Instant } from './instant.ts';
import type { JournalEntryType, JournalStatus } from './journal.ts';

/** `UNKNOWN`: a word newer than this gateway. */
export type IdempotencyKeyType = 'SINGLE' | 'BATCH' | 'UNKNOWN';

/** One change of one journal's status, as the Event API tells it: it names no account and no amount. */
export interface JournalStatusEvent {
  /** The event's ULID, the same at every delivery. */
  id: string;
  at: Instant;
  journalId: string;
  entryType: JournalEntryType;
  /** Null on a journal's first event. */
  statusFrom: JournalStatus | null;
  rawStatusFrom: string | null;
  statusTo: JournalStatus;
  rawStatusTo: string;
  description: string | null;
  idempotencyKey: string | null;
  idempotencyKeyType: IdempotencyKeyType | null;
  batchErrorMessage: string | null;
}
