/** The methods that each example implements with its library. */
export interface JournalsClient {
  /** Reads all pages of the list, and the cursor after which to subscribe to later changes. */
  listJournals(pageSize: number): Promise<{ journals: JournalRow[]; cursor: string }>;
  /** Reads one journal again, from the gateway instead of the cache. */
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
  /** Keep this key until the outcome is known: a repeat with the same key never pays twice. */
  idempotencyKey: string;
}

export type PaymentResult =
  | { kind: 'created'; journal: JournalRow }
  /** The money has not been moved. */
  | { kind: 'refused'; reason: string; message: string }
  /** The money may have been moved. Pay again with the same key at `retryAt`; if that is null, a person must check. */
  | { kind: 'unknown'; retryAt: string | null };

export interface StatusEvent {
  journalId: string;
  statusTo: string;
  cursor: string;
}

/** An error from the gateway that has ended a subscription. */
export interface SubscriptionError {
  extensions?: { code?: unknown; cursor?: unknown };
}

/** Subscribes after a cursor. Fulfilled when the subscription has ended, with the gateway's error if there was one. */
export type SubscribeOnce = (after: string, onEvent: (event: StatusEvent) => void) => Promise<SubscriptionError | null>;
