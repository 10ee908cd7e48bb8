import type { NewBatch, NewJournal, NewReverseBatch, Transmitter } from '../../domain/newJournal.ts';

import type {
  WireCreateBatch,
  WireCreateJNLC,
  WireCreateJNLS,
  WireCreateReverseBatch,
  WireTransmitter,
} from '../wire/apiBodies.ts';

/** The body of `POST /v1/journals`; what was not given is left out, decimals stay the strings that they are. */
export function encodeJournal({ jnlc, jnls }: NewJournal): WireCreateJNLC | WireCreateJNLS {
  if (jnls) {
    return {
      entry_type: 'JNLS',
      from_account: jnls.fromAccount,
      to_account: jnls.toAccount,
      symbol: jnls.symbol,
      qty: jnls.qty,
      ...given('currency', jnls.currency),
      ...given('description', jnls.description),
    };
  }
  return {
    entry_type: 'JNLC',
    from_account: jnlc.fromAccount,
    to_account: jnlc.toAccount,
    amount: jnlc.amount,
    ...given('currency', jnlc.currency),
    ...given('description', jnlc.description),
    ...encodeTransmitter(jnlc),
  };
}

/** The body of `POST /v1/journals/batch`. */
export function encodeBatch(batch: NewBatch): WireCreateBatch {
  return {
    entry_type: 'JNLC',
    from_account: batch.fromAccount,
    ...given('description', batch.description),
    entries: batch.entries.map((entry) => ({
      to_account: entry.toAccount,
      amount: entry.amount,
      ...given('currency', entry.currency),
      ...given('description', entry.description),
      ...encodeTransmitter(entry),
    })),
  };
}

/** The body of `POST /v1/journals/reverse_batch`. */
export function encodeReverseBatch(batch: NewReverseBatch): WireCreateReverseBatch {
  return {
    entry_type: 'JNLC',
    to_account: batch.toAccount,
    ...given('currency', batch.currency),
    entries: batch.entries.map((entry) => ({
      from_account: entry.fromAccount,
      amount: entry.amount,
      ...given('description', entry.description),
    })),
  };
}

function encodeTransmitter(transmitter: Transmitter): WireTransmitter {
  return {
    ...given('transmitter_name', transmitter.transmitterName),
    ...given('transmitter_account_number', transmitter.transmitterAccountNumber),
    ...given('transmitter_address', transmitter.transmitterAddress),
    ...given('transmitter_financial_institution', transmitter.transmitterFinancialInstitution),
    ...given('transmitter_timestamp', transmitter.transmitterTimestamp),
  };
}

function given<Name extends string>(name: Name, value: string | null | undefined): { [key in Name]?: string } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [key in Name]: string });
}
