import { describe, expect, it } from 'vitest';

import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, richCustomers, sweep, thirdCustomer } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import { operate } from '../kit/operate.ts';
import { apiSecret } from '../kit/planted.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

interface Total {
  day?: string | null;
  status?: string;
  progress?: string;
  entryType?: string;
  fromAccount?: { id: string };
  toAccount?: { id: string };
  currency: string | null;
  symbol: string | null;
  count: number;
  netAmount: string | null;
  qty: string | null;
}

interface Totals {
  count: number;
  complete: boolean;
  groups: Total[];
}

const query = `query ($filter: JournalFilter, $groupBy: [JournalTotalsKey!]! = []) {
  it: journalTotals(filter: $filter, groupBy: $groupBy) { count complete groups {
    day status progress entryType fromAccount { id } toAccount { id } currency symbol count netAmount qty } } }`;

async function askTotals(url: string, variables: Record<string, unknown> = {}): Promise<Totals> {
  const { data, errors } = await ask<{ it: Totals }>(url, query, variables);
  expect(errors).toBeUndefined();
  if (!data) throw new Error('no data');
  return data.it;
}

/** Returns an expected group: keys that were not requested are null. */
function group(total: Partial<Total>): Record<string, unknown> {
  const keys = { day: null, status: null, progress: null, entryType: null, fromAccount: null, toAccount: null };
  return { ...keys, currency: null, symbol: null, netAmount: null, qty: null, ...total };
}

async function create(url: string, input: { jnlc: object } | { jnls: object }): Promise<void> {
  const { __typename } = await mutate(url, 'createJournal', { input });
  expect(__typename).toBe('CreateJournalSuccess');
}

/** Amounts that no sum of binary floats gets right. */
const amounts = ['0.1', '0.2', '0.30000000000000000004', '10.10', '7'];

/** Journals on two days, and a sandbox whose clock a test moves. */
async function startLedger(options = {}): Promise<{ sandbox: Sandbox; url: string }> {
  const sandbox = await startSandbox({
    clockMode: 'manual',
    clock: () => Date.parse('2026-03-01T12:00:00Z'),
    jnlcFlow: 'v2',
    settleDelayMs: 0,
    ...options,
  });
  const { url } = await startGateway(sandbox.url);
  for (const amount of amounts) await create(url, { jnlc: { fromAccount: sweep, toAccount: customer, amount } });
  await create(url, { jnlc: { fromAccount: sweep, toAccount: customer, amount: '5', currency: 'EUR' } });
  await create(url, { jnls: { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '0.000000001' } });
  await control(sandbox, 'POST', 'clock', { to: '2026-03-02T23:59:59Z' });
  await create(url, { jnlc: { fromAccount: richCustomers[0], toAccount: sweep, amount: '0.000000000000000001' } });
  await create(url, { jnlc: { fromAccount: sweep, toAccount: otherCustomer, amount: '60' } });
  await create(url, { jnls: { fromAccount: sweep, toAccount: otherCustomer, symbol: 'AAPL', qty: '2' } });
  return { sandbox, url };
}

describe('journalTotals', () => {
  it.each(['HTTP', 'WebSocket', 'SSE'] as const)('sums exactly by currency and by symbol over %s', async (door) => {
    const { url } = await startLedger();

    const { data } = await operate(door, url, null, query);

    expect(data).toEqual({
      it: {
        count: 10,
        complete: true,
        groups: [
          group({ currency: 'EUR', count: 1, netAmount: '5' }),
          group({ currency: 'USD', count: 7, netAmount: '77.70000000000000000104' }),
          group({ symbol: 'AAPL', count: 2, qty: '2.000000001' }),
        ],
      },
    });
  });

  it('groups by the keys that are asked for, sorted by day and then in their order', async () => {
    const { url } = await startLedger();

    const { groups } = await askTotals(url, { groupBy: ['PROGRESS', 'TO_ACCOUNT', 'DAY'] });

    const [first, second] = ['2026-03-01', '2026-03-02'];
    const at = (day: string | undefined, progress: string, toAccount: string) => ({
      day: day ?? '',
      progress,
      toAccount: { id: toAccount },
    });
    expect(groups).toEqual([
      group({ ...at(first, 'DONE', customer), currency: 'EUR', count: 1, netAmount: '5' }),
      group({ ...at(first, 'DONE', customer), currency: 'USD', count: 5, netAmount: '17.70000000000000000004' }),
      group({ ...at(first, 'DONE', customer), symbol: 'AAPL', count: 1, qty: '0.000000001' }),
      group({ ...at(second, 'UNDER_WAY', otherCustomer), currency: 'USD', count: 1, netAmount: '60' }),
      group({ ...at(second, 'DONE', sweep), currency: 'USD', count: 1, netAmount: '0.000000000000000001' }),
      group({ ...at(second, 'DONE', otherCustomer), symbol: 'AAPL', count: 1, qty: '2' }),
    ]);
  });

  it('groups by status, entry type and payer', async () => {
    const { url } = await startLedger();

    const { groups } = await askTotals(url, { groupBy: ['STATUS', 'ENTRY_TYPE', 'FROM_ACCOUNT'] });

    expect(
      groups.map(({ status, entryType, fromAccount, count }) => [status, entryType, fromAccount?.id, count]),
    ).toEqual([
      ['PENDING', 'JNLC', sweep, 1],
      ['EXECUTED', 'JNLS', sweep, 2],
      ['ACTIVITY_CREATED', 'JNLC', richCustomers[0], 1],
      ['ACTIVITY_CREATED', 'JNLC', sweep, 1],
      ['ACTIVITY_CREATED', 'JNLC', sweep, 5],
    ]);
  });

  it('filters as lists do', async () => {
    const { url } = await startLedger();

    expect(await askTotals(url, { filter: { createdAfter: '2026-03-02', entryType: 'JNLC' } })).toMatchObject({
      count: 2,
    });
    expect(await askTotals(url, { filter: { createdBefore: '2026-03-01' } })).toMatchObject({ count: 7 });
    expect(await askTotals(url, { filter: { status: ['PENDING', 'EXECUTED'] } })).toMatchObject({ count: 3 });
    expect(await askTotals(url, { filter: { toAccount: thirdCustomer } })).toEqual({
      count: 0,
      complete: true,
      groups: [],
    });
    expect(await askTotals(url, { filter: { fromAccount: 'nonsense' } })).toMatchObject({ count: 0, complete: true });
    expect(await askTotals(url, { filter: { status: [] } })).toMatchObject({ count: 0, complete: true });
  });

  it.each([
    ['shuffled lists', { listOrderSeed: 7 }],
    ['exclusive dates', { listDates: 'exclusive' as const }],
  ])('agrees with the balances of the ledger, with %s', async (_how, options) => {
    const { sandbox, url } = await startLedger(options);
    const authorization = `Basic ${Buffer.from(`sandbox:${apiSecret}`).toString('base64')}`;
    const answer = await fetch(`${sandbox.url}/v1/accounts/${customer}`, { headers: { authorization } });
    const account = (await answer.json()) as { cash: string; positions: { symbol: string; qty: string }[] };

    const filter = { toAccount: customer, status: ['EXECUTED', 'ACTIVITY_CREATED'] };
    const { groups } = await askTotals(url, { filter });

    // The customer had nothing before.
    expect(groups.find(({ currency }) => currency === 'USD')?.netAmount).toBe(account.cash);
    expect(groups.find(({ symbol }) => symbol === 'AAPL')?.qty).toBe(account.positions[0]?.qty);
  });

  it('sums only the journals that a principal with some accounts may see', async () => {
    const { sandbox } = await startLedger();
    const keyed = await startWithKeys(sandbox.url, {
      own: { scopes: ['journals:read'], accounts: [otherCustomer] },
      writer: { scopes: ['journals:write'] },
    });

    const own = await keyed.ask('own', query, { groupBy: ['TO_ACCOUNT'] });
    const foreign = await keyed.ask('own', query, { filter: { toAccount: customer } });
    const writer = await keyed.ask('writer', query);

    expect(own.data).toMatchObject({
      it: { count: 2, groups: [{ netAmount: '60' }, { symbol: 'AAPL', qty: '2', toAccount: { id: otherCustomer } }] },
    });
    expect(foreign.data).toEqual({ it: { count: 0, complete: true, groups: [] } });
    expect(writer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('is incomplete, without that day, when the API does not list all journals of a day', async () => {
    const { url } = await startLedger({ maxMatches: 6 });

    const totals = await askTotals(url, { filter: { createdAfter: '2026-03-01' } });

    expect(totals).toMatchObject({ complete: false, count: 0 });
  });

  it('is incomplete when a journal cannot be read', async () => {
    const journals = [wireJNLC({ id: '5c1f6f0a-5c55-4a5c-8c0e-0d5f8d1f9e11' }), wireJNLC({ net_amount: null })];
    const { url } = await startStubbed(json(200, journals));

    expect(await askTotals(url)).toMatchObject({ count: 1, complete: false });
  });

  it('is null with an error when the API does not answer, and refuses too many groups', async () => {
    const many = Array.from({ length: 2_001 }, (_, n) =>
      wireJNLC({ id: `5c1f6f0a-5c55-4a5c-8c0e-${String(n).padStart(12, '0')}`, to_account: `${n}` }),
    );
    const broken = await startStubbed(json(500, { message: 'no' }));
    const wide = await startStubbed(json(200, many));

    const unread = await ask(broken.url, query);
    const tooMany = await ask(wide.url, query, { groupBy: ['TO_ACCOUNT'] });

    expect(unread).toMatchObject({ data: { it: null }, errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] });
    expect(tooMany).toMatchObject({
      data: { it: null },
      errors: [{ extensions: { code: 'TOO_MANY_GROUPS', limit: 2_000 } }],
    });
    expect(await askTotals(wide.url)).toMatchObject({ count: 2_001, groups: [{ count: 2_001 }] });
  });

  it('counts a journal once when its list is truncated and requested again', async () => {
    const { sandbox, url } = await startLedger();
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'truncated', count: 1, operations: ['listJournals'] }],
    });

    expect(await askTotals(url)).toMatchObject({ count: 10, complete: true });
  });
});
