import { describe, expect, it } from 'vitest';

import type { WireJournal } from '../../src/upstream/wire/apiBodies.ts';
import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { mutate } from '../kit/mutate.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

/** Starts a gateway that is configured with this currency, in front of an API that has one journal. */
async function start(currency: string | undefined, journal: Partial<WireJournal>) {
  const found = wireJNLC(journal);
  const stub = await StubUpstream.start((seen, response) => {
    const isList = seen.url.includes('batch') || seen.url.includes('?');
    return json(200, isList ? [found] : found)(seen, response);
  });
  const { url } = await startGateway(stub.url, currency === undefined ? {} : { currency });
  return { stub, url };
}

describe('Journal.currency', () => {
  it.each([
    ['the currency that the API returns', 'EUR', 'USD', 'USD'],
    ['the configured currency if the API returns null', 'EUR', null, 'EUR'],
    ['the configured currency if the API returns an empty string', 'EUR', '', 'EUR'],
    ['USD if the API returns null and no currency is configured', undefined, null, 'USD'],
  ])('is %s, in queries and in mutations', async (_label, configured, returned, currency) => {
    const { url } = await start(configured, { currency: returned, from_account: richCustomers[0], to_account: sweep });

    const read = await ask(url, `{ journal(id: "${journalId}") { currency } journals { nodes { currency } } }`);
    const created = await mutate(url, 'createJournal', {
      input: { jnlc: { fromAccount: richCustomers[0], toAccount: sweep, amount: '10' } },
    });
    const reversed = await mutate(url, 'createReverseBatchJournal', {
      input: { toAccount: sweep, entries: [{ fromAccount: richCustomers[0], amount: '10' }] },
    });

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
  ] as const)('is not sent to the API by %s', async (name, input) => {
    const { stub, url } = await start('EUR', {});

    await mutate(url, name, { input });

    const [post] = stub.calls.filter(({ method }) => method === 'POST');
    expect(post?.body).toContain('"from_account"');
    expect(post?.body).not.toContain('currency');
  });
});
