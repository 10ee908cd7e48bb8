/** What each of the examples can do, whatever its library. */
export interface JournalsClient {
  /** Reads all pages of the list, and the cursor from which to follow it. */
  listJournals(pageSize: number): Promise<{ journals: JournalRow[]; cursor: string }>;
  /** Reads one journal again from the gateway, not from the cache. */
  refetchJournal(id: string): Promise<JournalRow | null>;
  pay(payment: Payment): Promise<PaymentResult>;
  subscribeOnce: SubscribeOnce;
  close(): void;
}

export interface JournalRow {
  id: string;
  status: string;
  /** An exact decimal number; null for securities. */
  amount: string | null;
}

export interface Payment {
  fromAccount: string;
  toAccount: string;
  amount: string;
  /** Kept until the outcome is known: the same key never pays twice. */
  idempotencyKey: string;
}

export type PaymentResult =
  | { kind: 'created'; journal: JournalRow }
  /** The money has not been moved. */
  | { kind: 'refused'; reason: string; message: string }
  /** Nobody knows yet. Pay again with the same key, at this time. */
  | { kind: 'unknown'; retryAt: string | null };

export interface StatusEvent {
  journalId: string;
  statusTo: string;
  cursor: string;
}

/** An error of the gateway that ended a subscription. */
export interface SubscriptionError {
  extensions?: { code?: unknown; cursor?: unknown };
}

/**
 * Subscribes after a cursor. Fulfilled when the subscription has ended, with the gateway's error if there was one.
 */
export type SubscribeOnce = (after: string, onEvent: (event: StatusEvent) => void) => Promise<SubscriptionError | null>;
