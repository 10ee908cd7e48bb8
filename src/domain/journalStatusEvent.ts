import type { Instant } from './instant.ts';
import type { JournalEntryType, JournalStatus } from './journal.ts';

/** `UNKNOWN` is a type that this version of the gateway does not know. */
export type IdempotencyKeyType = 'SINGLE' | 'BATCH' | 'UNKNOWN';

/** A status change of a journal, as reported by the Event API, which sends neither accounts nor amounts. */
export interface JournalStatusEvent {
  /** The ULID of the event, the same in every delivery. */
  id: string;
  at: Instant;
  journalId: string;
  entryType: JournalEntryType;
  /** Null in the first event of a journal. */
  statusFrom: JournalStatus | null;
  rawStatusFrom: string | null;
  statusTo: JournalStatus;
  rawStatusTo: string;
  description: string | null;
  idempotencyKey: string | null;
  idempotencyKeyType: IdempotencyKeyType | null;
  batchErrorMessage: string | null;
}
