import { describe, expect, it } from 'vitest';

import { type Journal, ann, bob, cash, dan, eve, shares, sweep } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

describe('limits', () => {
  it.each([
    ['50', 'executed'],
    ['50.000000001', 'pending'],
    ['51', 'pending'],
  ])('by default a JNLC of $%s is %s', async (amount, status) => {
    const { client } = await startSandbox();

    const { body } = await client.post<Journal>('/v1/journals', cash({ amount }));

    expect(body.status).toBe(status);
  });

  it("holds back what goes over a customer's $1,000 a day, and lets the next day begin anew", async () => {
    const { client } = await startSandbox();
    await client.put(`/sandbox/accounts/${dan}`, { cash: { USD: '2000' } });
    const back = (amount: string, from: string = dan) => cash({ amount, from_account: from, to_account: sweep });
    for (let count = 0; count < 20; count += 1) await client.post('/v1/journals', back('50'));

    const over = await client.post<Journal>('/v1/journals', back('0.01'));
    const other = await client.post<Journal>('/v1/journals', back('0.01', eve));
    await client.post('/sandbox/clock', { advanceMs: 86_400_000 });
    const tomorrow = await client.post<Journal>('/v1/journals', back('0.01'));

    expect([over.body.status, other.body.status, tomorrow.body.status]).toEqual(['pending', 'executed', 'executed']);
  });

  it("holds back what goes over a firm account's $50,000 a day", async () => {
    const { client } = await startSandbox({ perJournalLimit: '50000' });
    await client.put(`/sandbox/accounts/${sweep}`, { cash: { USD: '100000' } });

    const statuses = [];
    for (const amount of ['49999.99', '0.01', '0.01']) {
      statuses.push((await client.post<Journal>('/v1/journals', cash({ amount, to_account: bob }))).body.status);
    }

    expect(statuses).toEqual(['executed', 'executed', 'pending']);
  });

  it('takes other limits', async () => {
    const { client } = await startSandbox({ perJournalLimit: '5.5', firmDailyLimit: '11' });

    const statuses = [];
    for (const amount of ['5.5', '5.6', '5.5', '0.1']) {
      statuses.push((await client.post<Journal>('/v1/journals', cash({ amount }))).body.status);
    }

    expect(statuses).toEqual(['executed', 'pending', 'executed', 'pending']);
  });

  it.each([
    ['389.9', 'queued'],
    ['390', 'pending'],
  ])('by default %s AAPL at 128.23, on one side of $50,000, are %s', async (qty, status) => {
    const { client } = await startSandbox();

    const { body } = await client.post<Journal>('/v1/journals', shares({ qty, to_account: ann }));

    expect(body.status).toBe(status);
  });

  it('of securities can be another one, and does not hold for what has no price', async () => {
    const { client } = await startSandbox({ securitiesLimit: '256.46' });
    await client.put(`/sandbox/accounts/${sweep}`, { shares: { NEW: '1000000' } });

    const statuses = [];
    for (const changes of [{ qty: '2' }, { qty: '2.000000001' }, { symbol: 'NEW', qty: '1000000' }]) {
      statuses.push((await client.post<Journal>('/v1/journals', shares(changes))).body.status);
    }

    expect(statuses).toEqual(['queued', 'pending', 'queued']);
  });
});
