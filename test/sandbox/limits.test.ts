import { describe, expect, it } from 'vitest';

import { type Journal, ann, bob, cash, shares } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

describe('limits', () => {
  it.each([
    ['50', 'queued'],
    ['50.000000001', 'pending'],
    ['51', 'pending'],
  ])('by default a JNLC of $%s is %s', async (amount, status) => {
    const { client } = await startSandbox();

    const { body } = await client.post<Journal>('/v1/journals', cash({ amount }));

    expect(body.status).toBe(status);
  });

  it('holds back what goes over $1,000 a day, and lets the next day begin anew', async () => {
    const { client } = await startSandbox();
    for (let count = 0; count < 20; count += 1) await client.post('/v1/journals', cash({ amount: '50' }));

    const over = await client.post<Journal>('/v1/journals', cash({ amount: '0.01', to_account: bob }));
    await client.post('/sandbox/clock', { advanceMs: 86_400_000 });
    const tomorrow = await client.post<Journal>('/v1/journals', cash({ amount: '0.01' }));

    expect(over.body.status).toBe('pending');
    expect(tomorrow.body.status).toBe('queued');
  });

  it('takes other limits', async () => {
    const { client } = await startSandbox({ perJournalLimit: '5.5', dailyLimit: '11' });

    const statuses = [];
    for (const amount of ['5.5', '5.6', '5.5', '0.1']) {
      statuses.push((await client.post<Journal>('/v1/journals', cash({ amount }))).body.status);
    }

    expect(statuses).toEqual(['queued', 'pending', 'queued', 'pending']);
  });

  it('concerns cash only', async () => {
    const { client } = await startSandbox();

    const { body } = await client.post<Journal>('/v1/journals', shares({ qty: '900', to_account: ann }));

    expect(body.status).toBe('queued');
  });
});
