import type { WireTransmitter } from '../../upstream/wire/apiBodies.ts';

/** One journal as a valid request asks for it; nothing is known of accounts and balances yet. */
export interface JournalDraft {
  entryType: 'JNLC' | 'JNLS';
  fromAccount: string;
  toAccount: string;
  /** What moves: `cash:USD`, `shares:AAPL`. */
  unit: string;
  /** A positive decimal as the client wrote it. */
  amount: string;
  currency: string;
  /** Of one share, where it is known; null for cash. */
  price: string | null;
  description: string;
  transmitter: WireTransmitter | null;
}
