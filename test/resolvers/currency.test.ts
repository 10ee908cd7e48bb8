import { describe, expect, it } from 'vitest';

import type { WireJournal } from '../../src/upstream/wire/apiBodies.ts';
import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { mutate } from '../kit/mutate.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

/** A gateway configured with this currency, in front of an API that has one journal. */
async function start(currency: string | undefined, journal: Partial<WireJournal>) {
  const found = wireJNLC(journal);
  const stub = await StubUpstream.start((seen, response) => {
    const isList = seen.url.includes('atch') || seen.url.includes('?');
    return json(200, isList ? [found] : found)(seen, response);
  });
  const { url } = await startGateway(stub.url, currency === undefined ? {} : { currency });
  return { stub, url };
}

describe('Journal.currency', () => {
  it.each([
    ['the currency that the API states', 'EUR', 'USD', 'USD'],
    ["the firm's currency if the API states none", 'EUR', null, 'EUR'],
    ["the firm's currency if the API states an empty one", 'EUR', '', 'EUR'],
    ['USD if the API states none and the gateway is configured with none', undefined, null, 'USD'],
  ])('is %s, however the journal is read', async (_label, configured, stated, shown) => {
    const { url } = await start(configured, { currency: stated, from_account: richCustomers[0], to_account: sweep });

    const read = await ask(url, `{ journal(id: "${journalId}") { currency } journals { nodes { currency } } }`);
    const created = await mutate(url, 'createJournal', {
      input: { jnlc: { fromAccount: richCustomers[0], toAccount: sweep, amount: '10' } },
    });
    const reversed = await mutate(url, 'createReverseBatchJournal', {
      input: { toAccount: sweep, entries: [{ fromAccount: richCustomers[0], amount: '10' }] },
    });

    const currency = shown;
    expect(read.data).toEqual({ journal: { currency }, journals: { nodes: [{ currency }] } });
    expect(created.journal).toMatchObject({ currency });
    expect(reversed.results).toMatchObject([{ entryIndex: 0, journal: { currency } }]);
  });
});

describe('a currency that the client omits', () => {
  it.each([
    ['createJournal', { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1' } }],
    ['createJournal', { jnls: { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '1' } }],
    ['createBatchJournal', { fromAccount: sweep, entries: [{ toAccount: customer, amount: '1' }] }],
    ['createReverseBatchJournal', { toAccount: sweep, entries: [{ fromAccount: customer, amount: '1' }] }],
  ] as const)('is not sent by %s', async (name, input) => {
    const { stub, url } = await start('EUR', {});

    await mutate(url, name, { input });

    const [post] = stub.calls.filter(({ method }) => method === 'POST');
    expect(post?.body).toContain('"from_account"');
    expect(post?.body).not.toContain('currency');
  });
});
