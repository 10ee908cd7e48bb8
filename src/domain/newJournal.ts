import type { Decimal } from './decimal.ts';
import type { Instant } from './instant.ts';
import type { Journal } from './journal.ts';

/** Travel Rule data of a cash journal. It is personal and must never be logged. */
export interface Transmitter {
  transmitterName?: string | null | undefined;
  transmitterAccountNumber?: string | null | undefined;
  transmitterAddress?: string | null | undefined;
  transmitterFinancialInstitution?: string | null | undefined;
  transmitterTimestamp?: Instant | null | undefined;
}

export interface BatchEntry extends Transmitter {
  toAccount: string;
  amount: Decimal;
  currency?: string | null | undefined;
  description?: string | null | undefined;
}

export interface NewJNLC extends BatchEntry {
  fromAccount: string;
}

export interface NewJNLS {
  fromAccount: string;
  toAccount: string;
  symbol: string;
  qty: Decimal;
  currency?: string | null | undefined;
  description?: string | null | undefined;
}

export type NewJournal = { jnlc: NewJNLC; jnls?: never } | { jnlc?: never; jnls: NewJNLS };

/** A batch, in which one account pays many accounts. */
export interface NewBatch {
  fromAccount: string;
  description?: string | null | undefined;
  entries: BatchEntry[];
}

export interface ReverseBatchEntry {
  fromAccount: string;
  amount: Decimal;
  description?: string | null | undefined;
}

/** A reverse batch, in which many accounts pay one account. */
export interface NewReverseBatch {
  toAccount: string;
  currency?: string | null | undefined;
  entries: ReverseBatchEntry[];
}

/** One item of the response to a batch. */
export interface BatchItem {
  journal: Journal;
  /** Why this entry failed after the batch was accepted; null if it did not fail. */
  errorMessage: string | null;
}
