import { describe, expect, it } from 'vitest';

import { type ErrorBody, type Journal, ann, bob, cash, dan, shares, sweep } from './kit/journals.ts';
import { type SandboxClient, startClassic, startSandbox } from './kit/startSandbox.ts';

const day = 86_400_000;

/** Creates one journal a day at noon on the first four days of 2026, on a manual clock. */
async function fourDays(client: SandboxClient): Promise<void> {
  await client.post('/sandbox/clock', { to: '2126-01-01T12:00:00Z' });
  for (const body of [cash(), shares(), cash({ amount: '60' }), cash({ from_account: dan, to_account: sweep })]) {
    await client.post('/v1/journals', body);
    await client.post('/sandbox/clock', { advanceMs: day });
  }
}

async function days(client: SandboxClient, query: string): Promise<string[]> {
  const { body } = await client.get<Journal[]>(`/v1/journals${query}`);
  return body.map(({ created_at }) => created_at?.slice(8, 10) ?? '').toSorted();
}

describe('GET /v1/journals', () => {
  it('returns all journals as a plain array without parameters', async () => {
    const { client } = await startSandbox();
    await fourDays(client);

    expect(await days(client, '')).toEqual(['01', '02', '03', '04']);
  });

  it.each([
    ['?after=2126-01-02', ['02', '03', '04']],
    ['?before=2126-01-02', ['01', '02']],
    ['?after=2126-01-02&before=2126-01-03', ['02', '03']],
    ['?after=2126-01-05', []],
    ['?entry_type=JNLS', ['02']],
    ['?status=executed', ['01', '02', '03', '04']],
    ['?status=pending', []],
    [`?to_account=${sweep}`, ['04']],
    [`?from_account=${sweep}`, ['01', '02', '03']],
    [`?from_account=${sweep}&to_account=${ann}&entry_type=JNLC&after=2126-01-02`, ['03']],
    [`?from_account=${bob}`, []],
    ['?status=&limit=', ['01', '02', '03', '04']],
  ])('filters by %s', async (query, expected) => {
    const { client } = await startClassic();
    await fourDays(client);

    expect(await days(client, query)).toEqual(expected);
  });

  it('can exclude the named days', async () => {
    const { client } = await startSandbox({ listDates: 'exclusive' });
    await fourDays(client);

    expect(await days(client, '?after=2126-01-02')).toEqual(['03', '04']);
    expect(await days(client, '?before=2126-01-02')).toEqual(['01']);
  });

  it('can omit created_at', async () => {
    const { client } = await startSandbox({ listCreatedAt: false });
    await client.post('/v1/journals', cash());

    const { body } = await client.get<object[]>('/v1/journals');

    expect(body[0]).not.toHaveProperty('created_at');
  });

  it.each([
    ['?after=yesterday', /^after/],
    ['?before=2026-02-30', /^before/],
    ['?status=done', /^status/],
    ['?entry_type=cash', /^entry_type/],
    ['?to_account=x', /^to_account/],
    ['?from_account=x', /^from_account/],
    ['?limit=0', /^limit/],
    ['?limit=-1', /^limit/],
    ['?limit=ten', /^limit/],
  ])('refuses %s with 400, naming the parameter', async (query, message) => {
    const { client } = await startSandbox();

    const reply = await client.get<ErrorBody>(`/v1/journals${query}`);

    expect(reply.status).toBe(400);
    expect(reply.body.message).toMatch(message);
  });

  it('returns at most as many journals as the limit', async () => {
    const { client } = await startSandbox();
    await fourDays(client);

    expect(await days(client, '?limit=2')).toHaveLength(2);
    expect(await days(client, '?limit=9')).toHaveLength(4);
  });

  it('refuses with 422 when too many journals match, whatever the limit', async () => {
    const { client } = await startSandbox({ maxMatches: 3 });
    await fourDays(client);

    const statuses = [];
    for (const query of ['', '?limit=1', '?after=2126-01-02', '?entry_type=JNLC']) {
      statuses.push((await client.get(`/v1/journals${query}`)).status);
    }

    expect(statuses).toEqual([422, 422, 200, 200]);
  });

  it('returns one snapshot, although journals change while the response is written', async () => {
    const { client } = await startSandbox({ settleDelayMs: 1_000 });
    const entries = Array.from({ length: 4_000 }, () => ({ to_account: ann, amount: '0.01' }));
    await client.post('/v1/journals/batch', { entry_type: 'JNLC', from_account: sweep, entries });

    const [listing] = await Promise.all([
      client.get<Journal[]>('/v1/journals?status=queued'),
      client.post('/sandbox/clock', { advanceMs: 5_000 }),
    ]);

    expect(listing.body.filter(({ status }) => status !== 'queued')).toEqual([]);
  });

  it('shuffles the journals if a seed is set', async () => {
    const orders = [];
    for (const listOrderSeed of [undefined, 1, 1]) {
      const { client } = await startSandbox(listOrderSeed === undefined ? {} : { listOrderSeed });
      for (let amount = 1; amount <= 12; amount += 1) await client.post('/v1/journals', cash({ amount }));
      const { body } = await client.get<Journal[]>('/v1/journals');
      orders.push(body.map(({ net_amount }) => net_amount));
    }

    expect(orders[1]).not.toEqual(orders[0]);
    expect(orders[1]?.toSorted()).toEqual(orders[0]?.toSorted());
    expect(orders[2]).toEqual(orders[1]);
  });
});
