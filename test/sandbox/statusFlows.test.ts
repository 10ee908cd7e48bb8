import { describe, expect, it } from 'vitest';

import { type ErrorBody, type Journal, ann, cash, dan, shares, sweep } from './kit/journals.ts';
import { type SandboxClient, startClassic, startSandbox } from './kit/startSandbox.ts';

async function create(client: SandboxClient, body: object): Promise<Journal> {
  return (await client.post<Journal>('/v1/journals', body)).body;
}

async function statusOf(client: SandboxClient, { id }: Journal): Promise<string> {
  return (await client.get<Journal>(`/v1/journals/${id}`)).body.status;
}

/** Returns every status change of a journal, from its events. */
async function history(client: SandboxClient, { id }: Journal): Promise<string[]> {
  const stream = await client.events('/v1/events/journals/status?since_id=1&until_id=1000000');
  const { body } = await client.get<{ events: number }>('/sandbox/stats');
  const events = await stream.first(body.events);
  return events
    .filter(({ journal_id }) => journal_id === id)
    .map(({ status_from, status_to }) => `${status_from}>${status_to}`);
}

describe('the classic flow', () => {
  it.each([
    ['JNLC', cash()],
    ['JNLS', shares()],
  ])('moves a %s from queued to sent_to_clearing to executed, one status at a time', async (_type, body) => {
    const { client } = await startClassic({ settleDelayMs: 1_000 });
    const journal = await create(client, body);

    const seen = [await statusOf(client, journal)];
    for (const advanceMs of [999, 1, 1_000]) {
      await client.post('/sandbox/clock', { advanceMs });
      seen.push(await statusOf(client, journal));
    }

    expect(seen).toEqual(['queued', 'queued', 'sent_to_clearing', 'executed']);
    expect(await history(client, journal)).toEqual(['>queued', 'queued>sent_to_clearing', 'sent_to_clearing>executed']);
  });

  it('debits the sender at creation, and credits the receiver and sets the dates at executed', async () => {
    const { client } = await startClassic({ settleDelayMs: 1_000 });
    await client.post('/sandbox/clock', { to: '2126-05-06T12:00:00Z' });
    const journal = await create(client, cash());

    await client.post('/sandbox/clock', { advanceMs: 1_999 });
    const before = [await client.get(`/v1/accounts/${sweep}`), await client.get(`/v1/accounts/${ann}`)];
    await client.post('/sandbox/clock', { advanceMs: 1 });
    const after = [await client.get(`/v1/accounts/${sweep}`), await client.get(`/v1/accounts/${ann}`)];

    expect(before.map(({ body }) => body)).toMatchObject([{ cash: '49990' }, { cash: '0' }]);
    expect(after.map(({ body }) => body)).toMatchObject([{ cash: '49990' }, { cash: '10' }]);
    expect(journal).toMatchObject({ settle_date: null, system_date: null });
    expect((await client.get(`/v1/journals/${journal.id}`)).body).toMatchObject({
      settle_date: '2126-05-06',
      system_date: '2126-05-06',
    });
  });

  it('moves journals without a control in real time', async () => {
    const { client } = await startClassic({ clockMode: 'real', settleDelayMs: 5 });
    const stream = await client.events();

    await create(client, cash());

    const events = await stream.first(3);
    expect(events.map(({ status_to }) => status_to)).toEqual(['queued', 'sent_to_clearing', 'executed']);
  });

  it('returns queued without a delay, although the journal is already executed', async () => {
    const { client } = await startClassic({ settleDelayMs: 0 });

    const journal = await create(client, cash());

    expect(journal.status).toBe('queued');
    expect(await statusOf(client, journal)).toBe('executed');
  });

  it('refuses a second journal that needs the same money', async () => {
    const { client } = await startClassic({ settleDelayMs: 1_000, perJournalLimit: '90000' });
    const first = await create(client, cash({ amount: '30000' }));

    const second = await client.post<ErrorBody>('/v1/journals', cash({ amount: '30000' }));

    expect([second.status, second.body.message]).toEqual([403, 'transferable balance is insufficient']);
    await client.post('/sandbox/clock', { advanceMs: 10_000 });
    expect(await statusOf(client, first)).toBe('executed');
    expect((await client.get(`/v1/accounts/${sweep}`)).body).toMatchObject({ cash: '20000' });
  });
});

describe('the v2 flow', () => {
  it('creates a single JNLC as executed, then moves it to activity_created', async () => {
    const { client } = await startSandbox({ settleDelayMs: 1_000 });

    const journal = await create(client, cash());
    const balance = await client.get(`/v1/accounts/${ann}`);
    await client.post('/sandbox/clock', { advanceMs: 1_000 });

    expect(journal.status).toBe('executed');
    expect(journal.settle_date).not.toBeNull();
    expect(balance.body).toMatchObject({ cash: '10' });
    expect(await history(client, journal)).toEqual(['>executed', 'executed>activity_created']);
  });

  it.each([
    ['batch', { from_account: sweep, entries: [{ to_account: ann, amount: '1' }] }],
    ['reverse_batch', { to_account: sweep, entries: [{ from_account: dan, amount: '1' }] }],
  ])('uses the classic flow for %s', async (path, body) => {
    const { client } = await startSandbox({ settleDelayMs: 1_000 });

    const answer = await client.post<Journal[]>(`/v1/journals/${path}`, { entry_type: 'JNLC', ...body });
    await client.post('/sandbox/clock', { advanceMs: 60_000 });

    const [journal] = answer.body;
    expect(journal?.status).toBe('queued');
    expect(await history(client, journal as Journal)).toEqual([
      '>queued',
      'queued>sent_to_clearing',
      'sent_to_clearing>executed',
    ]);
  });

  it('uses the classic flow for JNLS and journals above the limit', async () => {
    const { client } = await startSandbox();

    const statuses = [(await create(client, shares())).status, (await create(client, cash({ amount: '51' }))).status];

    expect(statuses).toEqual(['queued', 'pending']);
  });
});

describe('fixtures and the end of the day', () => {
  it.each([
    ['above the limit, without a fixture', { amount: '51' }, ['>queued', 'queued>pending', 'pending>executed']],
    [
      'with the fixture rejected',
      { amount: '51', description: 'test text /fixtures/status=rejected/fixtures/' },
      ['>queued', 'queued>pending', 'pending>rejected'],
    ],
    [
      'with the fixture rejected, below the limit',
      { description: '/fixtures/status=rejected/fixtures/' },
      ['>queued', 'queued>pending', 'pending>rejected'],
    ],
    ['with the fixture pending', { description: '/fixtures/status=pending/fixtures/' }, ['>queued', 'queued>pending']],
  ])('settle a JNLC %s', async (_what, changes, expected) => {
    const { client } = await startSandbox();
    const journal = await create(client, cash(changes));

    await client.post('/sandbox/end-of-day');
    await client.post('/sandbox/end-of-day');

    expect(journal.status).toBe('pending');
    expect(await history(client, journal)).toEqual(expected);
  });

  it('keep a JNLS pending', async () => {
    const { client } = await startSandbox();

    const journal = await create(client, shares({ description: '/fixtures/status=rejected/fixtures/' }));
    await client.post('/sandbox/end-of-day');

    expect(journal.status).toBe('pending');
    expect(await statusOf(client, journal)).toBe('rejected');
  });

  it('settle journals when the clock passes midnight UTC', async () => {
    const { client } = await startSandbox();
    await client.post('/sandbox/clock', { to: '2126-05-06T23:59:59Z' });
    const journal = await create(client, cash({ amount: '51' }));

    await client.post('/sandbox/clock', { advanceMs: 999 });
    const before = await statusOf(client, journal);
    await client.post('/sandbox/clock', { advanceMs: 1 });

    expect([before, await statusOf(client, journal)]).toEqual(['pending', 'executed']);
  });

  it.each([
    ['any-amount', 'pending'],
    ['above-limit', 'executed'],
  ] as const)('with the option %s leave a JNLC below the limit %s', async (fixtures, status) => {
    const { client } = await startSandbox({ fixtures });

    const journal = await create(client, cash({ description: '/fixtures/status=rejected/fixtures/' }));

    expect(journal.status).toBe(status);
  });

  it('apply above the limit in both modes', async () => {
    const { client } = await startSandbox({ fixtures: 'above-limit' });
    const journal = await create(client, cash({ amount: '51', description: '/fixtures/status=rejected/fixtures/' }));

    await client.post('/sandbox/end-of-day');

    expect(await statusOf(client, journal)).toBe('rejected');
  });

  it('return the money of a rejected journal to the sender', async () => {
    const { client } = await startSandbox();
    await create(client, cash({ amount: '51', description: '/fixtures/status=rejected/fixtures/' }));

    const before = await client.get(`/v1/accounts/${sweep}`);
    await client.post('/sandbox/end-of-day');
    const after = await client.get(`/v1/accounts/${sweep}`);

    expect([before.body, after.body]).toMatchObject([{ cash: '49949' }, { cash: '50000' }]);
  });

  it('debit nothing for a refused entry of a batch', async () => {
    const { client } = await startSandbox();
    const entries = [{ to_account: ann, amount: '1', description: '/fixtures/status=refused/fixtures/' }];

    await client.post('/v1/journals/batch', { entry_type: 'JNLC', from_account: sweep, entries });

    expect((await client.get(`/v1/accounts/${sweep}`)).body).toMatchObject({ cash: '50000' });
  });
});

describe('DELETE /v1/journals/{id}', () => {
  it('cancels a pending journal permanently', async () => {
    const { client } = await startSandbox();
    const journal = await create(client, cash({ amount: '51' }));

    const { status, text } = await client.send('DELETE', `/v1/journals/${journal.id}`);
    await client.post('/sandbox/end-of-day');

    expect([status, text]).toEqual([204, '']);
    expect((await client.get(`/v1/accounts/${sweep}`)).body).toMatchObject({ cash: '50000' });
    expect(await history(client, journal)).toEqual(['>queued', 'queued>pending', 'pending>canceled']);
  });

  it.each([
    ['queued', cash(), 0],
    ['executed', cash(), 1_000],
  ])('refuses with 422 to cancel a journal that is %s', async (word, body, advanceMs) => {
    const { client } = await startClassic();
    const journal = await create(client, body);
    await client.post('/sandbox/clock', { advanceMs });

    const reply = await client.send<ErrorBody>('DELETE', `/v1/journals/${journal.id}`);

    expect(reply.status).toBe(422);
    expect(reply.body.message).toContain(word);
  });

  it('responds with 422 the second time, and with 404 to an unknown id', async () => {
    const { client } = await startSandbox();
    const journal = await create(client, cash({ amount: '51' }));
    await client.send('DELETE', `/v1/journals/${journal.id}`);

    const again = await client.send('DELETE', `/v1/journals/${journal.id}`);
    const unknown = await client.send('DELETE', '/v1/journals/00000000-1111-4222-8333-444444444444');

    expect([again.status, unknown.status]).toEqual([422, 404]);
  });
});

describe('GET /v1/journals/{id}', () => {
  it.each(['00000000-1111-4222-8333-444444444444', 'h7h5g33f-ef01-4458-9a4b-9598727a406f', '..'])(
    'responds with 404 to the id %s',
    async (id) => {
      const { client } = await startSandbox();

      const reply = await client.get<ErrorBody>(`/v1/journals/${encodeURIComponent(id)}`);

      expect(reply.status).toBe(404);
      expect(reply.body.code).toBe(40410000);
    },
  );
});
