import type { WireBatchJournal, WireJournal } from '../../src/upstream/wire/apiBodies.ts';

import { customer, sweep } from './accounts.ts';

export const journalId = '6d2cba43-cb57-4534-9603-a6e159167c0a';

/** Creates a cash journal in the API's format, with the changes of the test. */
export function wireJNLC(changes: Partial<WireBatchJournal> = {}): WireJournal {
  return {
    id: journalId,
    entry_type: 'JNLC',
    from_account: sweep,
    to_account: customer,
    symbol: null,
    qty: null,
    price: null,
    status: 'queued',
    settle_date: null,
    system_date: null,
    net_amount: '10',
    description: '',
    currency: 'USD',
    ...changes,
  };
}

/** Creates a securities journal in the API's format, with the changes of the test. */
export function wireJNLS(changes: Partial<WireJournal> = {}): WireJournal {
  return { ...wireJNLC(), entry_type: 'JNLS', symbol: 'AAPL', qty: '2', price: '128.23', net_amount: null, ...changes };
}
