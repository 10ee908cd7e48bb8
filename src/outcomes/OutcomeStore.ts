import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';

import type { SpendingLedger } from './SpendingLedger.ts';

/**
 * `open` until the outcome is known; `ambiguous` if readings can't establish the outcome, so that an operator must;
 * finally `done` or `notDone`.
 */
export type OutcomeState = 'open' | 'ambiguous' | 'done' | 'notDone';

/** A reverse batch, stored before it was sent. */
export interface StoredOutcome {
  id: string;
  /** Separates the keys of different principals. */
  scope: string;
  state: OutcomeState;
  idempotencyKey: string;
  /** Hash of the input, which distinguishes a repeat from a different request with the same key. */
  fingerprint: string;
  batch: NewReverseBatch;
  /** The earliest time by the API's clock at which the batch can have been stored, in Unix ms. */
  intendedAtMs: number;
  /** The API's `X-Request-ID`; null if no response had begun. */
  requestId: string | null;
  /** Id of the gateway whose call is not known to have ended; null if none, or if the store belongs to one process. */
  sender: string | null;
  /** The journals of a batch that was done, without Travel Rule data. */
  items: BatchItem[] | null;
}

export type NewIntent = Pick<StoredOutcome, 'idempotencyKey' | 'fingerprint' | 'batch' | 'intendedAtMs'>;

/** A file returns values synchronously, a server asynchronously. */
export type Awaitable<Value> = Value | Promise<Value>;

/** How an outcome became known: from the response to the call, or by reading events. */
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
  /** Returns the open and ambiguous outcomes, oldest first. */
  unsettled(): Awaitable<StoredOutcome[]>;
  /** For metrics; a shared store may be a second behind. */
  readonly unsettledCounts: Record<'open' | 'ambiguous', number>;
  /**
   * Stores a batch that is about to be sent.
   *
   * @returns null if another gateway has stored a batch with this key in the meantime
   */
  intend(scope: string, intent: NewIntent): Awaitable<StoredOutcome | null>;
  /** Removes a batch that was certainly not done, so that its key can be used again. */
  forget(id: string): Awaitable<void>;
  /**
   * Stores that a batch was done, and claims its journals.
   *
   * @returns ids of those journals that a different outcome had claimed by mistake
   */
  settleDone(id: string, items: readonly BatchItem[], evidence?: Evidence): Awaitable<string[]>;
  /** Stores the result of a search. */
  settle(id: string, state: 'notDone' | 'ambiguous'): Awaitable<void>;
  /** Stores that the call has ended without a response. */
  noteLost(id: string, requestId: string | null): Awaitable<void>;
  /** Returns the ids of those journals that belong to an outcome. */
  claimed(journalIds: readonly string[]): Awaitable<ReadonlySet<string>>;
  close(): void;
}
