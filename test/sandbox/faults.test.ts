import { describe, expect, it } from 'vitest';

import { type ErrorBody, cash } from './kit/journals.ts';
import { type SandboxClient, startSandbox, until } from './kit/startSandbox.ts';

type Outcome = number | 'no answer';

async function outcome(client: SandboxClient): Promise<Outcome> {
  try {
    return (await client.post('/v1/journals', cash())).status;
  } catch {
    return 'no answer';
  }
}

async function journalCount(client: SandboxClient): Promise<number> {
  const { body } = await client.get<{ journals: { total: number } }>('/sandbox/stats');
  return body.journals.total;
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('a fault on requests', () => {
  it.each([
    ['reset', { kind: 'reset' }, 'no answer', 0],
    ['answerLost', { kind: 'answerLost' }, 'no answer', 1],
    ['answer before', { kind: 'answer', when: 'before', status: 503 }, 503, 0],
    ['answer after', { kind: 'answer', when: 'after', status: 503 }, 503, 1],
    ['rateLimited', { kind: 'rateLimited', resetMs: 10_000 }, 429, 0],
    ['truncated', { kind: 'truncated' }, 'no answer', 1],
    ['malformed', { kind: 'malformed' }, 200, 1],
    ['slowBody', { kind: 'slowBody', ms: 10 }, 200, 1],
  ])('gives the client and the ledger the documented outcome of %s', async (_kind, fault, shown, left) => {
    const { client } = await startSandbox();
    await client.faults([{ ...fault, operations: ['createJournal'] }]);

    expect([await outcome(client), await journalCount(client)]).toEqual([shown, left]);
  });

  it('sends the whole body in pieces over the given time with slowBody', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'slowBody', ms: 80 }]);
    const start = performance.now();

    const { text, pieces } = await client.inPieces('/v1/accounts');

    // The sandbox waits for eight timers, each of which may fire a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(70);
    expect(pieces).toBeGreaterThan(4);
    expect(JSON.parse(text)).toHaveLength(12);
  });

  it('sends a body that is not JSON with malformed', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'malformed' }]);

    const { body } = await client.get('/v1/accounts');

    expect(body).toBeUndefined();
  });

  it('sends any response, even to the request for a stream', async () => {
    const { client } = await startSandbox();
    await client.faults([
      { kind: 'answer', status: 403, body: '<html>no</html>', contentType: 'text/html', headers: { 'x-a': 'b' } },
    ]);

    const reply = await client.get('/v2/events/journals/status');

    expect([reply.status, reply.text, reply.headers['content-type'], reply.headers['x-a']]).toEqual([
      403,
      '<html>no</html>',
      'text/html',
      'b',
    ]);
  });

  it('sends Retry-After with rateLimited if requested', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'rateLimited', resetMs: 3_000, retryAfter: true }]);

    const { headers } = await client.get('/v1/journals');

    expect(headers['retry-after']).toBe('3');
  });

  it('refuses every request until the reset with rateLimited', async () => {
    let now = 1_800_000_000_000;
    const { client } = await startSandbox({ clock: () => now });
    await client.faults([{ kind: 'rateLimited', resetMs: 3_000, count: 1 }]);

    const first = await client.get<ErrorBody>('/v1/journals');
    const second = await client.get('/v1/accounts');
    now += 3_000;
    const third = await client.get('/v1/accounts');

    expect([first.status, second.status, third.status]).toEqual([429, 429, 200]);
    expect([first, second].map(({ headers }) => headers['x-ratelimit-reset'])).toEqual(['1800000003', '1800000003']);
  });

  it.each([
    ['a fixed latency', { ms: 60 }, 55],
    ['a latency between bounds', { minMs: 40, maxMs: 60 }, 35],
    ['a latency around a mean', { meanMs: 60 }, 35],
  ])('delays an answer by %s', async (_how, delay, least) => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'latency', ...delay }]);

    const took = await elapsed(() => client.get('/v1/journals'));

    expect(took).toBeGreaterThan(least);
  });

  it('delays before or after processing with latency', async () => {
    const counts = [];
    for (const when of ['before', 'after']) {
      const { client } = await startSandbox();
      await client.faults([{ kind: 'latency', when, ms: 150, operations: ['createJournal'] }]);
      const pending = client.post('/v1/journals', cash());
      // The commit takes far less than the latency.
      await client.arrivals('createJournal', 1);
      if (when === 'after') await until(async () => (await journalCount(client)) === 1);
      counts.push(await journalCount(client));
      await pending;
    }

    expect(counts).toEqual([0, 1]);
  });
});

describe('the scope of a fault', () => {
  it('has operations, a number of requests to skip and a maximum count', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'answer', status: 500, operations: ['createJournal'], skip: 1, count: 2 }]);

    const outcomes = [];
    for (let count = 0; count < 4; count += 1) outcomes.push(await outcome(client));

    expect(outcomes).toEqual([200, 500, 500, 200]);
    expect((await client.get('/v1/journals')).status).toBe(200);
    expect((await client.get('/sandbox/faults')).body).toMatchObject({
      faults: [{ kind: 'answer', seen: 4, fired: 2 }],
    });
  });

  it('has a probability, and a seed reproduces the run', async () => {
    const { client } = await startSandbox({ firmDailyLimit: '100000' });
    const runs: Outcome[][] = [];
    for (const seed of [7, 7, 8]) {
      await client.faults([{ kind: 'answer', status: 500, probability: 0.5 }], seed);
      const run: Outcome[] = [];
      for (let count = 0; count < 40; count += 1) run.push(await outcome(client));
      runs.push(run);
    }

    const failures = runs[0]?.filter((status) => status === 500).length ?? 0;
    expect(failures).toBeGreaterThan(8);
    expect(failures).toBeLessThan(32);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  it('ends with DELETE /sandbox/faults', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'reset' }]);

    await client.send('DELETE', '/sandbox/faults');

    expect(await outcome(client)).toBe(200);
  });

  it.each([
    [{ faults: 'x' }, /^faults must/],
    [{ faults: [{ kind: 'x' }] }, /^faults\[0\]\.kind/],
    [{ faults: [{ kind: 'latency' }] }, /^faults\[0\]\.ms/],
    [{ faults: [{ kind: 'reset', probability: 2 }] }, /^faults\[0\]\.probability/],
    [{ faults: [{ kind: 'reset', operations: ['x'] }] }, /^faults\[0\]\.operations/],
    [{ faults: [{ kind: 'answer', status: 99 }] }, /^faults\[0\]\.status/],
    [{ faults: [{ kind: 'answer', when: 'never' }] }, /^faults\[0\]\.when/],
  ])('is refused if it is invalid, such as %j', async (body, message) => {
    const { client } = await startSandbox();

    const reply = await client.put<ErrorBody>('/sandbox/faults', body);

    expect(reply.status).toBe(400);
    expect(reply.body.message).toMatch(message);
  });
});

const sinceEver = '/v2/events/journals/status?since=2020-01-01T00:00:00Z';

/** Creates journals with one event each, described by its number. */
async function events(client: SandboxClient, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    await client.post('/v1/journals', cash({ description: String(index), amount: '1' }));
  }
}

describe('a fault on streams', () => {
  it('cuts the connection after a number of events', async () => {
    const { client } = await startSandbox();
    await events(client, 0, 4);
    await client.faults([{ kind: 'cut', after: 3 }]);

    const stream = await client.events(sinceEver);

    expect(await stream.ended).toBe('cut');
    expect(stream.events.map(({ description }) => description)).toEqual(['0', '1', '2']);
  });

  it('sends an internal server error comment and ends the stream', async () => {
    const { client } = await startSandbox();
    await events(client, 0, 2);
    await client.faults([{ kind: 'internalError', after: 1 }]);

    const stream = await client.events(sinceEver);

    expect(await stream.ended).toBe('complete');
    expect(stream.events).toHaveLength(1);
    expect(stream.comments).toContain('internal server error');
  });

  it('silences the stream, including heartbeats', async () => {
    const { client } = await startSandbox({ heartbeatMs: 5 });
    await events(client, 0, 3);
    await client.faults([{ kind: 'silence', after: 2, count: 1 }]);

    const silent = await client.events(sinceEver);
    await silent.first(2);
    const commentCount = silent.comments.length;
    const other = await client.events();
    await other.until(() => other.comments.length > 10);

    expect(silent.events).toHaveLength(2);
    expect(silent.comments).toHaveLength(commentCount);
  });

  it('drops a number of messages, then reports it', async () => {
    const { client } = await startSandbox();
    await events(client, 0, 5);
    await client.faults([{ kind: 'dropped', after: 1, messages: 2 }]);

    const stream = await client.events(sinceEver);

    const received = await stream.first(3);
    expect(received.map(({ description }) => description)).toEqual(['0', '3', '4']);
    expect(stream.comments).toContain('you are reading too slowly, dropped 2 messages');
  });

  it('reports the messages dropped so far if the until passes first', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'dropped', messages: 10 }]);
    const { body: clock } = await client.get<{ now: string }>('/sandbox/clock');

    const stream = await client.events(`${sinceEver}&until=${clock.now}`);
    await events(client, 0, 2);
    await client.post('/sandbox/clock', { advanceMs: 1 });

    expect(await stream.ended).toBe('complete');
    expect(stream.events).toEqual([]);
    expect(stream.comments).toContain('you are reading too slowly, dropped 2 messages');
  });

  it('keeps the connection of a silenced stream even after its until', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'silence' }]);
    const { body: clock } = await client.get<{ now: string }>('/sandbox/clock');
    const bounded = `${sinceEver}&until=${clock.now}`;

    await client.events(bounded);
    await client.faults([]);
    const other = await client.events(bounded);
    await client.post('/sandbox/clock', { advanceMs: 1 });

    expect(await other.ended).toBe('complete');
    await until(async () => {
      const { body } = await client.get<{ streams: { open: number } }>('/sandbox/stats');
      return body.streams.open < 2;
    });
    expect((await client.get('/sandbox/stats')).body).toMatchObject({ streams: { open: 1 } });
  });

  it('sends earlier events as duplicates when a stream opens', async () => {
    const { client } = await startSandbox();
    await events(client, 0, 3);
    await client.faults([{ kind: 'duplicates', messages: 2 }]);

    const stream = await client.events();
    await events(client, 3, 1);

    const received = await stream.first(3);
    expect(received.map(({ description }) => description)).toEqual(['1', '2', '3']);
  });

  it('gives ids that sort out of order within a millisecond, while a replay keeps the order of arrival', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'disorderedIds' }]);
    const live = await client.events();

    await events(client, 0, 20);

    const ids = (await live.first(20)).map(({ event_id }) => String(event_id));
    const stream = await client.events(sinceEver);
    const replayed = (await stream.first(20)).map(({ event_id }) => String(event_id));
    expect(new Set(ids.map((id) => id.slice(0, 10))).size).toBe(1);
    expect(ids).not.toEqual(ids.toSorted());
    expect(replayed).toEqual(ids);
  });

  it.each([
    [{ kind: 'cut' }, 'cut'],
    [{ kind: 'internalError' }, 'complete'],
  ])('can apply to all open streams at once, such as %j', async (body, end) => {
    const { client } = await startSandbox();
    const streams = [await client.events(), await client.events('/v1/events/journals/status')];

    const reply = await client.post('/sandbox/streams', body);

    expect(reply.body).toEqual({ streams: 2 });
    expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual([end, end]);
  });

  it('cannot apply to an open stream if it is for requests', async () => {
    const { client } = await startSandbox();

    expect((await client.post('/sandbox/streams', { kind: 'reset' })).status).toBe(400);
  });
});
