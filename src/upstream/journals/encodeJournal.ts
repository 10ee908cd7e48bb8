import type { NewBatch, NewJournal, NewReverseBatch, Transmitter } from '../../domain/newJournal.ts';

import type {
  WireCreateBatch,
  WireCreateJNLC,
  WireCreateJNLS,
  WireCreateReverseBatch,
  WireTransmitter,
} from '../wire/apiBodies.ts';

/** Returns the body of `POST /v1/journals`. Fields without a value are left out; decimals stay strings. */
export function encodeJournal({ jnlc, jnls }: NewJournal): WireCreateJNLC | WireCreateJNLS {
  if (jnls) {
    return {
      entry_type: 'JNLS',
      from_account: jnls.fromAccount,
      to_account: jnls.toAccount,
      symbol: jnls.symbol,
      qty: jnls.qty,
      ...optional({ currency: jnls.currency, description: jnls.description }),
    };
  }
  return {
    entry_type: 'JNLC',
    from_account: jnlc.fromAccount,
    to_account: jnlc.toAccount,
    amount: jnlc.amount,
    ...optional({ currency: jnlc.currency, description: jnlc.description }),
    ...encodeTransmitter(jnlc),
  };
}

/** Returns the body of `POST /v1/journals/batch`. */
export function encodeBatch(batch: NewBatch): WireCreateBatch {
  return {
    entry_type: 'JNLC',
    from_account: batch.fromAccount,
    ...optional({ description: batch.description }),
    entries: batch.entries.map((entry) => ({
      to_account: entry.toAccount,
      amount: entry.amount,
      ...optional({ currency: entry.currency, description: entry.description }),
      ...encodeTransmitter(entry),
    })),
  };
}

/** Returns the body of `POST /v1/journals/reverse_batch`. */
export function encodeReverseBatch(batch: NewReverseBatch): WireCreateReverseBatch {
  return {
    entry_type: 'JNLC',
    to_account: batch.toAccount,
    ...optional({ currency: batch.currency }),
    entries: batch.entries.map((entry) => ({
      from_account: entry.fromAccount,
      amount: entry.amount,
      ...optional({ description: entry.description }),
    })),
  };
}

function encodeTransmitter(transmitter: Transmitter): WireTransmitter {
  return optional({
    transmitter_name: transmitter.transmitterName,
    transmitter_account_number: transmitter.transmitterAccountNumber,
    transmitter_address: transmitter.transmitterAddress,
    transmitter_financial_institution: transmitter.transmitterFinancialInstitution,
    transmitter_timestamp: transmitter.transmitterTimestamp,
  });
}

/** Returns the fields that have a value. */
function optional<Name extends string>(fields: { [key in Name]: string | null | undefined }): {
  [key in Name]?: string;
} {
  const given: { [key in Name]?: string } = {};
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string') given[name] = value;
  }
  return given;
}
