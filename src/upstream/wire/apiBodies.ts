/**
 * Request and response bodies of the Journals API as documented, types only. Optional fields may be missing, null or, in
 * older responses, an empty string.
 */

type Nullable<Fields> = { [Name in keyof Fields]: Fields[Name] | null };

export interface WireTransmitterInfo {
  originator_full_name?: string | null;
  originator_street_address?: string | null;
  originator_city?: string | null;
  originator_state?: string | null;
  originator_postal_code?: string | null;
  originator_country?: string | null;
  originator_bank_account_number?: string | null;
  originator_bank_name?: string | null;
  other_identifying_information?: string | null;
}

export interface WireJournal extends Nullable<WireTransmitter> {
  id: string;
  entry_type: string;
  status: string;
  from_account: string;
  to_account: string;
  settle_date?: string | null;
  system_date?: string | null;
  net_amount?: string | null;
  symbol?: string | null;
  qty?: string | null;
  price?: string | null;
  description?: string | null;
  currency?: string | null;
  created_at?: string | null;
  transmitter_info?: WireTransmitterInfo | null;
}

/** One item of a batch response: a missing and an empty `error_message` both mean success. */
export interface WireBatchJournal extends WireJournal {
  error_message?: string | null;
}

export interface WireTransmitter {
  transmitter_name?: string;
  transmitter_account_number?: string;
  transmitter_address?: string;
  transmitter_financial_institution?: string;
  transmitter_timestamp?: string;
}

export interface WireCreateJNLC extends WireTransmitter {
  entry_type: 'JNLC';
  from_account: string;
  to_account: string;
  amount: string;
  currency?: string;
  description?: string;
}

export interface WireCreateJNLS {
  entry_type: 'JNLS';
  from_account: string;
  to_account: string;
  symbol: string;
  qty: string;
  currency?: string;
  description?: string;
}

export interface WireBatchEntry extends WireTransmitter {
  to_account: string;
  amount: string;
  currency?: string;
  description?: string;
}

export interface WireCreateBatch {
  entry_type: 'JNLC';
  from_account: string;
  description?: string;
  entries: WireBatchEntry[];
}

export interface WireReverseBatchEntry {
  from_account: string;
  amount: string;
  description?: string;
}

export interface WireCreateReverseBatch {
  entry_type: 'JNLC';
  to_account: string;
  currency?: string;
  entries: WireReverseBatchEntry[];
}

/** One `data:` line of either event stream. The ULID is `event_id` in v2 and `event_ulid` in v1. */
export interface WireStatusEvent {
  at: string;
  entry_type: string;
  journal_id: string;
  status_from: string;
  status_to: string;
  event_id?: string | number;
  event_ulid?: string;
  description?: string;
  idempotency_key?: string;
  idempotency_key_type?: string;
  batch_error_message?: string;
}
