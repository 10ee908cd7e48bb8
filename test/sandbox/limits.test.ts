import { describe, expect, it } from 'vitest';

import { type Journal, ann, bob, cash, dan, eve, shares, sweep } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

describe('limits', () => {
  it.each([
    ['50', 'executed'],
    ['50.000000001', 'pending'],
    ['51', 'pending'],
  ])('make a JNLC of $%s %s by default', async (amount, status) => {
    const { client } = await startSandbox();

    const { body } = await client.post<Journal>('/v1/journals', cash({ amount }));

    expect(body.status).toBe(status);
  });

  it('keep a JNLC pending above $1,000 per customer and day, and restart the next day', async () => {
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

  it('keep a JNLC pending above $50,000 per firm account and day', async () => {
    const { client } = await startSandbox({ perJournalLimit: '50000' });
    await client.put(`/sandbox/accounts/${sweep}`, { cash: { USD: '100000' } });

    const statuses = [];
    for (const amount of ['49999.99', '0.01', '0.01']) {
      statuses.push((await client.post<Journal>('/v1/journals', cash({ amount, to_account: bob }))).body.status);
    }

    expect(statuses).toEqual(['executed', 'executed', 'pending']);
  });

  it('can be configured', async () => {
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
  ])('make a JNLS of %s AAPL at $128.23 %s by default, because of a limit of 50,000 dollars', async (qty, status) => {
    const { client } = await startSandbox();

    const { body } = await client.post<Journal>('/v1/journals', shares({ qty, to_account: ann }));

    expect(body.status).toBe(status);
  });

  it('of securities can be configured and do not apply to symbols without a price', async () => {
    const { client } = await startSandbox({ securitiesLimit: '256.46' });
    await client.put(`/sandbox/accounts/${sweep}`, { shares: { NEW: '1000000' } });

    const statuses = [];
    for (const changes of [{ qty: '2' }, { qty: '2.000000001' }, { symbol: 'NEW', qty: '1000000' }]) {
      statuses.push((await client.post<Journal>('/v1/journals', shares(changes))).body.status);
    }

    expect(statuses).toEqual(['queued', 'pending', 'queued']);
  });
});
