import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Instant } from '../domain/instant.ts';
import type { UnreadableJournal } from '../domain/unreadableJournal.ts';

/** Days (UTC), both inclusive. */
export interface ReconciledDays {
  since: CalendarDate;
  until: CalendarDate;
}

/** A journal whose status differs from that in its last event. */
export interface StatusDifference {
  journalId: string;
  /** The status in the API's spelling; null if the journal does not exist. */
  status: string | null;
  lastEvent: string;
  lastEventAt: Instant;
}

/** Journals with the same accounts, amount and description, each created within a minute after the previous one. */
export interface Duplicates {
  fromAccount: string;
  toAccount: string;
  /** The amount with the currency or the symbol. */
  amount: string;
  description: string | null;
  journals: { journalId: string; status: string; createdAt: Instant }[];
}

/** A reverse batch whose response was lost and whose outcome is still unknown. */
export interface UnknownReverseBatch {
  principal: string;
  idempotencyKey: string;
  /** `open` while a gateway looks for the journals of the batch; `ambiguous` if an operator must check it. */
  state: 'open' | 'ambiguous';
  intendedAt: Instant;
  requestId: string | null;
}

export interface Reconciliation extends ReconciledDays {
  journals: number;
  /** How many journals have no events in the API. */
  withoutEvents: number;
  unreadable: Pick<UnreadableJournal, 'id' | 'problem'>[];
  differences: StatusDifference[];
  doubles: Duplicates[];
  /** Null if there is no outcome file. */
  unknownReverseBatches: UnknownReverseBatch[] | null;
}

export function hasFindings({ unreadable, differences, doubles, unknownReverseBatches }: Reconciliation): boolean {
  return [unreadable, differences, doubles, unknownReverseBatches ?? []].some((list) => list.length > 0);
}
