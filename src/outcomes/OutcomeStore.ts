import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';

import type { SpendingLedger } from './SpendingLedger.ts';

/**
 * `open` until the outcome is known, `ambiguous` if readings can't establish it and an operator must, and finally `done` or
 * `notDone`.
 */
export type OutcomeState = 'open' | 'ambiguous' | 'done' | 'notDone';

/** A reverse batch, stored before it was sent. */
export interface StoredOutcome {
  id: string;
  /** Separates the keys of different principals. */
  scope: string;
  state: OutcomeState;
  idempotencyKey: string;
  /** Hash of the input, which distinguishes a repeat from another request with the same key. */
  fingerprint: string;
  batch: NewReverseBatch;
  /** The API's time when it was stored, in unix ms, or earlier. */
  intendedAtMs: number;
  /** The API's `X-Request-ID`; null if no answer had begun. */
  requestId: string | null;
  /** The gateway whose call has not ended, as far as is known; null if none, or if the store belongs to one process. */
  sender: string | null;
  /** The journals of a batch that was done, without Travel Rule data. */
  items: BatchItem[] | null;
}

export type NewIntent = Pick<StoredOutcome, 'idempotencyKey' | 'fingerprint' | 'batch' | 'intendedAtMs'>;

/** A file answers at once, a server later. */
export type Awaitable<Value> = Value | Promise<Value>;

/** How an outcome became known: by the answer to the call, or by reading events. */
export type Evidence = 'answer' | 'readings';

/**
 * Reverse batches and their outcomes. What a method has written is on disk when it returns. Every method throws if the
 * store can't be read or written.
 */
export interface OutcomeStore {
  /** What principals with caps have moved. */
  readonly spending: SpendingLedger;
  /** @param scope separates the keys of different principals */
  find(scope: string, idempotencyKey: string): Awaitable<StoredOutcome | null>;
  get(id: string): Awaitable<StoredOutcome | null>;
  /** Open and ambiguous outcomes, oldest first. */
  unsettled(): Awaitable<StoredOutcome[]>;
  /** For metrics; a shared store may be a second behind. */
  readonly unsettledCounts: Record<'open' | 'ambiguous', number>;
  /**
   * Stores a batch that is about to be sent.
   *
   * @returns null if another gateway has stored one for this key meanwhile
   */
  intend(scope: string, intent: NewIntent): Awaitable<StoredOutcome | null>;
  /** Removes a batch that was certainly not done, so that its key may be used again. */
  forget(id: string): Awaitable<void>;
  /**
   * Stores that a batch was done, and claims its journals.
   *
   * @returns ids of the journals that another outcome has claimed by mistake
   */
  settleDone(id: string, items: readonly BatchItem[], evidence?: Evidence): Awaitable<string[]>;
  /** Stores what a search has found. */
  settle(id: string, state: 'notDone' | 'ambiguous'): Awaitable<void>;
  /** Stores that the call has ended without an answer. */
  noteLost(id: string, requestId: string | null): Awaitable<void>;
  /** Those of the journals that belong to an outcome. */
  claimed(journalIds: readonly string[]): Awaitable<ReadonlySet<string>>;
  close(): void;
}
