import { networkInterfaces } from 'node:os';

import { decodeTime } from 'ulid';
import { describe, expect, it } from 'vitest';

import { type ErrorBody, type Journal, ann, bob, cash, dan, shares, sweep } from './kit/journals.ts';
import { SandboxClient, startClassic, startSandbox, until } from './kit/startSandbox.ts';

interface Moved {
  journal: Journal;
  replacement: Journal | null;
}

async function executed(client: SandboxClient, body: object): Promise<Journal> {
  const { body: journal } = await client.post<Journal>('/v1/journals', body);
  await client.post('/sandbox/clock', { advanceMs: 1_000 });
  return journal;
}

function move(client: SandboxClient, { id }: Journal, body: object) {
  return client.post<Moved & ErrorBody>(`/sandbox/journals/${id}/status`, body);
}

describe('POST /sandbox/clock', () => {
  it('moves time by a duration or to an instant, forward only', async () => {
    const { client } = await startSandbox();

    const there = await client.post('/sandbox/clock', { to: '2126-01-01T00:00:00.000001Z' });
    const on = await client.post('/sandbox/clock', { advanceMs: 1.5 });
    const back = await client.post('/sandbox/clock', { to: '2026-01-01T00:00:00Z' });

    expect(there.body).toEqual({ now: '2126-01-01T00:00:00.000001Z', mode: 'manual' });
    expect(on.body).toMatchObject({ now: '2126-01-01T00:00:00.001501Z' });
    expect(back.body).toEqual(on.body);
  });

  it('moves the Date header', async () => {
    const { client } = await startSandbox();

    await client.post('/sandbox/clock', { to: '2126-01-01T00:00:00.5Z' });
    const { headers } = await client.get('/v1/accounts');

    expect(headers['date']).toBe('Tue, 01 Jan 2126 00:00:00 GMT');
  });

  it('makes each due status change at its own time', async () => {
    const { client } = await startClassic({ settleDelayMs: 1_000 });
    await client.post('/sandbox/clock', { to: '2126-01-01T00:00:00Z' });
    const stream = await client.events();
    await client.post('/v1/journals', cash());

    await client.post('/sandbox/clock', { advanceMs: 60_000 });

    const events = await stream.first(3);
    expect(events.map(({ at }) => at.slice(17))).toEqual(['00Z', '01Z', '02Z']);
  });

  it.each([{ advanceMs: 1e15 }, { advanceMs: 1e300 }, { to: '2256-01-01T00:00:00Z' }])(
    'refuses %j, which is beyond the latest instant, and leaves the time unchanged',
    async (body) => {
      const { client } = await startSandbox();
      const before = await client.get('/sandbox/clock');

      const reply = await client.post<ErrorBody>('/sandbox/clock', body);

      expect([reply.status, reply.body.message]).toEqual([400, expect.stringMatching(/beyond 2255-01-01T00:00:00Z/)]);
      expect((await client.get('/sandbox/clock')).body).toEqual(before.body);
      expect((await client.post('/v1/journals', cash())).status).toBe(200);
    },
  );

  it('goes up to the latest instant, where journals still settle', async () => {
    const { client } = await startSandbox();
    await client.post('/sandbox/clock', { to: '2255-01-01T00:00:00Z' });

    const { status } = await client.post('/v1/journals', cash({ amount: '51' }));
    await client.post('/sandbox/end-of-day');

    expect(status).toBe(200);
    expect((await client.get(`/v1/accounts/${ann}`)).body).toMatchObject({ cash: '51' });
  });

  it('refuses a body without a time', async () => {
    const { client } = await startSandbox();

    const statuses = [
      (await client.post('/sandbox/clock')).status,
      (await client.post('/sandbox/clock', { to: 'x' })).status,
    ];

    expect(statuses).toEqual([400, 400]);
  });
});

describe('POST /sandbox/journals/{id}/status', () => {
  it.each(['rejected', 'refused', 'canceled', 'deleted'])(
    'sets a pending journal to %s and returns the money to the sender',
    async (status) => {
      const { client } = await startSandbox();
      const { body: journal } = await client.post<Journal>('/v1/journals', cash({ amount: '51' }));

      const { body } = await move(client, journal, { status });
      await client.post('/sandbox/end-of-day');

      expect(body.journal.status).toBe(status);
      expect((await client.get(`/v1/accounts/${ann}`)).body).toMatchObject({ cash: '0' });
      expect((await client.get(`/v1/accounts/${sweep}`)).body).toMatchObject({ cash: '50000' });
    },
  );

  it.each(['rejected', 'canceled', 'deleted'])(
    'returns the money when an executed journal becomes %s',
    async (status) => {
      const { client } = await startSandbox();
      const journal = await executed(client, cash());

      await move(client, journal, { status });

      expect((await client.get(`/v1/accounts/${sweep}`)).body).toMatchObject({ cash: '50000' });
    },
  );

  it('corrects an executed journal with a new journal that has no link to it', async () => {
    const { client } = await startSandbox();
    const journal = await executed(client, shares());
    const stream = await client.events();

    const { body } = await move(client, journal, { status: 'correct', qty: '3.5' });

    expect(body.journal).toMatchObject({ id: journal.id, status: 'correct', qty: '2' });
    expect(body.replacement).toMatchObject({ status: 'executed', qty: '3.5', from_account: sweep, to_account: ann });
    expect(body.replacement?.id).not.toBe(journal.id);
    expect((await client.get(`/v1/accounts/${ann}`)).body).toMatchObject({
      positions: [{ symbol: 'AAPL', qty: '3.5' }],
    });
    const events = await stream.first(2);
    expect(events.map(({ status_from, status_to }) => `${status_from}>${status_to}`)).toEqual([
      'executed>correct',
      '>executed',
    ]);
  });

  it('accepts an unknown status, as a newer API may send', async () => {
    const { client } = await startSandbox();
    const journal = await executed(client, cash());

    const { body } = await move(client, journal, { status: 'under_review' });

    expect(body.journal.status).toBe('under_review');
  });

  it('changes nothing if the money to return is spent', async () => {
    const { client } = await startClassic();
    const journal = await executed(client, cash());
    await executed(client, cash({ from_account: ann, to_account: sweep, amount: '5' }));

    const reply = await move(client, journal, { status: 'canceled' });

    expect(reply.status).toBe(409);
    expect((await client.get(`/v1/journals/${journal.id}`)).body).toMatchObject({ status: 'executed' });
  });

  it('changes nothing if a correction exceeds the balance', async () => {
    const { client } = await startSandbox();
    const journal = await executed(client, cash());

    const reply = await move(client, journal, { status: 'correct', amount: '60000' });

    expect(reply.status).toBe(409);
    expect((await client.get(`/v1/accounts/${ann}`)).body).toMatchObject({ cash: '10' });
  });

  it.each(['canceled', 'deleted'])('refuses to change a %s journal, which is final', async (status) => {
    const { client } = await startSandbox();
    const { body: journal } = await client.post<Journal>('/v1/journals', cash({ amount: '51' }));
    await move(client, journal, { status });

    const reply = await move(client, journal, { status: 'executed' });

    expect(reply.status).toBe(409);
  });

  it('responds with 404 for an unknown journal and with 400 without a status', async () => {
    const { client } = await startSandbox();
    const { body: journal } = await client.post<Journal>('/v1/journals', cash());

    const unknown = await client.post('/sandbox/journals/00000000-1111-4222-8333-444444444444/status', {
      status: 'rejected',
    });
    const withoutStatus = await move(client, journal, {});

    expect([unknown.status, withoutStatus.status]).toEqual([404, 400]);
  });
});

describe('PUT /sandbox/accounts/{id}', () => {
  const fresh = '11111111-2222-4333-8444-555555555555';

  it('opens an account that can take part', async () => {
    const { client } = await startSandbox({ settleDelayMs: 0 });

    await client.put(`/sandbox/accounts/${fresh}`, { kind: 'firm', cash: { USD: '7.50' }, shares: { SPY: '1' } });
    await client.post('/v1/journals', cash({ from_account: fresh, amount: '0.5' }));

    expect((await client.get(`/v1/accounts/${fresh}`)).body).toMatchObject({
      cash: '7',
      positions: [{ symbol: 'SPY' }],
    });
  });

  it('changes a status and keeps the holdings', async () => {
    const { client } = await startSandbox();

    await client.put(`/sandbox/accounts/${dan}`, { status: 'ACCOUNT_CLOSED' });

    expect((await client.get(`/v1/accounts/${dan}`)).body).toMatchObject({ status: 'ACCOUNT_CLOSED', cash: '1000' });
  });

  it('refuses a holding that is not a decimal', async () => {
    const { client } = await startSandbox();

    const { status } = await client.put(`/sandbox/accounts/${fresh}`, { cash: { USD: 'much' } });

    expect([status, (await client.get(`/v1/accounts/${fresh}`)).status]).toEqual([400, 404]);
  });
});

describe('POST /sandbox/reset', () => {
  it('restores the initial state and cuts the streams', async () => {
    const { client } = await startSandbox();
    await client.post('/v1/journals', cash(), { 'idempotency-key': 'k' });
    await client.faults([{ kind: 'reset', operations: ['getAccount'] }]);
    await client.post('/sandbox/clock', { to: '2126-01-01T00:00:00Z' });
    const stream = await client.events();

    await client.post('/sandbox/reset');

    expect(await stream.ended).toBe('cut');
    expect((await client.get(`/v1/accounts/${sweep}`)).body).toMatchObject({ cash: '50000' });
    const { body: clock } = await client.get<{ now: string }>('/sandbox/clock');
    expect(Date.parse(clock.now)).toBeLessThan(Date.parse('2126-01-01T00:00:00Z'));
    expect((await client.get('/sandbox/stats')).body).toMatchObject({
      journals: { total: 0 },
      events: 0,
      idempotencyKeys: 0,
      requests: { getAccount: { total: 1 } },
    });
    const fresh = await client.events();
    const reply = await client.post('/v1/journals', cash({ amount: '1' }), { 'idempotency-key': 'k' });
    expect(reply.status).toBe(200);
    const [event] = await fresh.first(1);
    expect(decodeTime(String(event?.event_id))).toBe(Math.floor(Date.parse(event?.at ?? '')));
  });
});

describe('POST /sandbox/reset', () => {
  it('cuts a stream whose reader has paused', async () => {
    const { client } = await startSandbox({ settleDelayMs: 0, maxStreams: 1 });
    const entry = { to_account: ann, amount: '0.01', description: 'x'.repeat(1_000) };
    const entries = Array.from({ length: 500 }, () => entry);
    const slow = await client.events();
    slow.pause();
    for (let count = 0; count < 8; count += 1) {
      await client.post('/v1/journals/batch', { entry_type: 'JNLC', from_account: sweep, entries });
    }

    await client.post('/sandbox/reset');
    // The server notices the closed connection with a delay.
    await until(async () => {
      const { body } = await client.get<{ streams: { open: number } }>('/sandbox/stats');
      return body.streams.open === 0;
    });

    const next = await client.events();
    expect(next.status).toBe(200);
  });
});

describe('GET /sandbox/stats and GET /sandbox/log', () => {
  it('count requests by operation and status, journals by status, streams and holdings', async () => {
    const { client } = await startSandbox();
    await client.post('/v1/journals', cash());
    await client.post('/v1/journals', cash({ amount: 'x' }));
    await client.post('/v1/journals', cash({ amount: '51', to_account: bob }));
    await client.events();

    const { body } = await client.get('/sandbox/stats');

    expect(body).toMatchObject({
      requests: { createJournal: { total: 3, byStatus: { 200: 2, 400: 1 } }, eventsV2: { total: 1 } },
      journals: { total: 2, byStatus: { executed: 1, pending: 1 } },
      events: 3,
      streams: { open: 1, opened: 1, mostOpen: 1, refused: 0, byVersion: { v1: 0, v2: 1 } },
      holdings: { 'cash:USD': '103250', 'shares:AAPL': '1100' },
    });
  });

  it('record each request with its key, response, times and faults', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'latency', ms: 1 }]);

    const reply = await client.post('/v1/journals', cash(), { 'idempotency-key': 'k' });
    const { body } = await client.get<Record<string, unknown>[]>('/sandbox/log');

    expect(body).toMatchObject([
      {
        operation: 'createJournal',
        path: '/v1/journals',
        requestId: reply.headers['x-request-id'],
        idempotencyKey: 'k',
        status: 200,
        faults: ['latency'],
      },
    ]);
    expect(Number(body[0]?.['answeredAt'])).toBeGreaterThan(Number(body[0]?.['arrivedAt']));
  });
});

describe('the controls', () => {
  const [address] = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map((found) => found.address),
  );

  it('need no credentials and exist under /sandbox only', async () => {
    const { client } = await startSandbox();

    const statuses = [
      (await client.get('/sandbox/stats', { authorization: '' })).status,
      (await client.get('/sandbox/nothing')).status,
      (await client.get('/v1/sandbox/stats')).status,
    ];

    expect(statuses).toEqual([200, 404, 404]);
  });

  it.runIf(address)('are served on loopback only, unless the option allows anyone', async () => {
    const statuses = [];
    for (const control of ['loopback', 'anyone'] as const) {
      const { sandbox } = await startSandbox({ host: '0.0.0.0', control });
      const outside = new SandboxClient(`http://${address ?? ''}:${sandbox.port}`);
      statuses.push((await outside.get('/sandbox/stats')).status, (await outside.get('/v1/journals')).status);
      await outside.close();
    }

    expect(statuses).toEqual([403, 200, 200, 200]);
  });
});
