import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Instant } from '../domain/instant.ts';
import type { UnreadableJournal } from '../domain/unreadableJournal.ts';

/** Days (UTC), both inclusive. */
export interface ReconciledDays {
  since: CalendarDate;
  until: CalendarDate;
}

/** A journal whose status is not that of its last event. */
export interface StatusDifference {
  journalId: string;
  /** As the API says it; null if there is no such journal. */
  status: string | null;
  lastEvent: string;
  lastEventAt: Instant;
}

/** Journals with the same accounts, amount and description, each created within a minute after the one before. */
export interface Doubles {
  fromAccount: string;
  toAccount: string;
  /** With its currency or symbol. */
  amount: string;
  description: string | null;
  journals: { journalId: string; status: string; createdAt: Instant }[];
}

/** A reverse batch whose answer was lost and whose outcome is still unknown. */
export interface UnknownReverseBatch {
  principal: string;
  idempotencyKey: string;
  /** `open` while a gateway looks for its journals; `ambiguous` if a person must. */
  state: 'open' | 'ambiguous';
  intendedAt: Instant;
  requestId: string | null;
}

export interface Reconciliation extends ReconciledDays {
  journals: number;
  /** Journals whose events the API no longer has. */
  withoutEvents: number;
  unreadable: Pick<UnreadableJournal, 'id' | 'problem'>[];
  differences: StatusDifference[];
  doubles: Doubles[];
  /** Null if there is no file of outcomes. */
  unknownReverseBatches: UnknownReverseBatch[] | null;
}

export function hasFindings({ unreadable, differences, doubles, unknownReverseBatches }: Reconciliation): boolean {
  return [unreadable, differences, doubles, unknownReverseBatches ?? []].some((list) => list.length > 0);
}
