import type { WireTransmitter } from '../../upstream/wire/apiBodies.ts';

/** A journal from a valid request, not yet checked against accounts and balances. */
export interface JournalDraft {
  entryType: 'JNLC' | 'JNLS';
  fromAccount: string;
  toAccount: string;
  /** The unit that moves: `cash:USD`, `shares:AAPL`. */
  unit: string;
  /** A positive decimal as the client sent it. */
  amount: string;
  currency: string;
  /** Price of one share. Null for cash and for symbols without a price. */
  price: string | null;
  description: string;
  transmitter: WireTransmitter | null;
}
