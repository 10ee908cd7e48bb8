import { describe, expect, it } from 'vitest';

import type { EventReader } from './kit/EventReader.ts';
import { type ErrorBody, cash } from './kit/journals.ts';
import { type SandboxClient, startSandbox } from './kit/startSandbox.ts';

const v1 = '/v1/events/journals/status';
const v2 = '/v2/events/journals/status';

/** Creates journals with one event each, a second apart on a manual clock. */
async function journals(client: SandboxClient, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await client.post('/v1/journals', cash({ description: `#${index} /fixtures/status=pending/fixtures/` }));
    await client.post('/sandbox/clock', { advanceMs: 1_000 });
  }
}

/** Returns all events so far, oldest first, from a bounded replay. */
async function replay(client: SandboxClient, path: string) {
  const stream = await client.events(path);
  expect(await stream.ended).toBe('complete');
  return stream.events;
}

/** Returns the path of a replay that ends before the current time of the manual clock. */
async function everything(client: SandboxClient, path = v2): Promise<string> {
  const { body } = await client.get<{ now: string }>('/sandbox/clock');
  const until = new Date(Date.parse(body.now) - 1).toISOString();
  return `${path}?since=2000-01-01T00:00:00Z&until=${until}`;
}

describe.each([v1, v2])('GET %s', (path) => {
  it('sends a welcome comment, then new events only', async () => {
    const { client } = await startSandbox();
    await client.post('/v1/journals', cash({ description: 'before' }));

    const stream = await client.events(path);
    await client.post('/v1/journals', cash({ description: 'after' }));

    const [event] = await stream.first(1);
    expect(stream.comments).toEqual(['welcome']);
    expect(event).toMatchObject({ status_from: '', status_to: 'executed', entry_type: 'JNLC', description: 'after' });
  });

  it('sends heartbeats', async () => {
    const { client } = await startSandbox({ heartbeatMs: 10 });

    const stream = await client.events(path);

    await stream.comment(/^heartbeat$/);
  });

  it('replays from a time, then continues live without a gap', async () => {
    const { client } = await startSandbox();
    await journals(client, 3);
    const { body } = await client.get<{ now: string }>('/sandbox/clock');
    const third = new Date(Date.parse(body.now) - 1_500).toISOString();

    const stream = await client.events(`${path}?since=${third}`);
    await journals(client, 2);

    const events = await stream.first(5);
    expect(events.map(({ status_to, description }) => `${description?.slice(0, 2) ?? ''} ${status_to}`)).toEqual([
      '#2 queued',
      '#2 pending',
      '#0 queued',
      '#0 pending',
      '#1 queued',
    ]);
  });

  it('ends normally after its until', async () => {
    const { client } = await startSandbox();
    const { body } = await client.get<{ now: string }>('/sandbox/clock');
    const until = new Date(Date.parse(body.now) + 2_500).toISOString();

    const stream = await client.events(`${path}?since=2020-01-01T00:00:00Z&until=${until}`);
    await journals(client, 5);

    expect([stream.status, await stream.ended]).toEqual([200, 'complete']);
    expect(stream.events).toHaveLength(6);
  });

  it.each([
    ['?until=2026-01-01T00:00:00Z', /^until requires since/],
    ['?since=2026-01-01T00:00:00Z&since_id=01HCMJK2ZKCPTYXMJYS66T0QJJ', /can't be combined/],
    ['?since=2026-01-01T00:00:00Z&until_id=01HCMJK2ZKCPTYXMJYS66T0QJJ', /can't be combined/],
    ['?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', /^until must not be before since/],
    ['?since=yesterday', /^since must be/],
    ['?since=2026-01-01T00:00:00+02:00', /^since must be/],
    ['?since_id=x', /^since_id must be/],
  ])('refuses %s with 400', async (query, message) => {
    const { client } = await startSandbox();

    const reply = await client.get<ErrorBody>(`${path}${query}`);

    expect(reply.status).toBe(400);
    expect(reply.body.message).toMatch(message);
  });

  it('accepts an encoded offset and a date', async () => {
    const { client } = await startSandbox();

    const streams = await Promise.all([
      client.events(`${path}?since=2026-01-01T00:00:00%2B02:00`),
      client.events(`${path}?since=2026-01-01`),
    ]);

    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('event ids', () => {
  it('are increasing ULIDs on v2 and limit a replay on both sides', async () => {
    const { client } = await startSandbox();
    await journals(client, 4);
    const all = await replay(client, await everything(client));
    const ids = all.map(({ event_id }) => String(event_id));

    const some = await replay(client, `${v2}?since_id=${ids[2] ?? ''}&until_id=${ids[5] ?? ''}`);

    expect(ids).toEqual(ids.toSorted());
    expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
    expect(some.map(({ event_id }) => event_id)).toEqual(ids.slice(2, 6));
  });

  it('can exclude the since_id event', async () => {
    const { client } = await startSandbox({ sinceIdInclusive: false });
    await journals(client, 2);
    const ids = (await replay(client, await everything(client))).map(({ event_id }) => String(event_id));

    const some = await replay(client, `${v2}?since_id=${ids[1] ?? ''}&until_id=${ids[3] ?? ''}`);

    expect(some.map(({ event_id }) => event_id)).toEqual(ids.slice(2));
  });

  it('on v1 are an integer and a ULID other than the one on v2, and both can limit a replay', async () => {
    const { client } = await startSandbox();
    await journals(client, 3);
    const newer = await replay(client, await everything(client));
    const all = await replay(client, await everything(client, v1));
    const ulids = all.map(({ event_ulid }) => event_ulid ?? '');

    const byNumber = await replay(client, `${v1}?since_id=2&until_id=4`);
    const byUlid = await replay(client, `${v1}?since_ulid=${ulids[1] ?? ''}&until_ulid=${ulids[3] ?? ''}`);

    expect(all.map(({ event_id }) => event_id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ulids.some((ulid, index) => ulid === newer[index]?.event_id)).toBe(false);
    expect(byNumber).toEqual(all.slice(1, 4));
    expect(byUlid).toEqual(all.slice(1, 4));
  });

  it('on v1 must be integers in since_id and ULIDs in since_ulid, and until_ulid requires since_ulid', async () => {
    const { client } = await startSandbox();

    const statuses = [];
    for (const query of [
      'since_id=01HCMJK2ZKCPTYXMJYS66T0QJJ',
      'since_ulid=1',
      'until_ulid=01HCMJK2ZKCPTYXMJYS66T0QJJ',
    ]) {
      statuses.push((await client.get(`${v1}?${query}`)).status);
    }

    expect(statuses).toEqual([400, 400, 400]);
  });
});

describe.each([
  [v2, 'since_id', 'until_id'],
  [v1, 'since_ulid', 'until_ulid'],
])('GET %s?%s', (path, since, until) => {
  const [fits, overflows] = ['01HCMJK2ZKCPTYXMJYS66T0QJJ', 'Z'.repeat(26)];

  it.each([
    [`${since}=${overflows}`, since],
    [`${since}=${fits}&${until}=${overflows}`, until],
    [`${since}=8${fits.slice(1)}`, since],
  ])('refuses %s, a ULID whose time overflows, with 400, and keeps running', async (query, name) => {
    const { client } = await startSandbox();

    const reply = await client.get<ErrorBody>(`${path}?${query}`);
    const next = await client.get('/sandbox/stats');

    expect(reply.status).toBe(400);
    expect(reply.body.message).toMatch(new RegExp(`^${name} must be a ULID`));
    expect(next.body).toMatchObject({ streams: { open: 0 } });
  });

  it('accepts the highest possible ULID', async () => {
    const { client } = await startSandbox();

    const stream = await client.events(`${path}?${since}=${fits}&${until}=7${overflows.slice(1)}`);

    expect(stream.status).toBe(200);
  });
});

describe('an event', () => {
  it('carries the idempotency key of its journal and the type of the key', async () => {
    const { client } = await startSandbox();
    const stream = await client.events();

    await client.post('/v1/journals', cash(), { 'idempotency-key': 'my-key' });
    await client.post('/v1/journals', cash());

    const [keyed, keyless] = await stream.first(2);
    expect(keyed).toMatchObject({ idempotency_key: 'my-key', idempotency_key_type: 'single' });
    expect(keyless).not.toHaveProperty('idempotency_key');
    expect(keyless).not.toHaveProperty('description');
  });

  it('has no account, amount or symbol', async () => {
    const { client } = await startSandbox();
    const stream = await client.events();

    await client.post('/v1/journals', cash());

    const [event] = await stream.first(1);
    expect(Object.keys(event ?? {})).toEqual([
      'at',
      'entry_type',
      'event_id',
      'journal_id',
      'status_from',
      'status_to',
    ]);
  });
});

/** Returns how many dropped events a stream has reported. */
function dropped({ comments }: EventReader): number {
  const counts = comments.map((text) =>
    Number(/^you are reading too slowly, dropped (\d+) messages$/.exec(text)?.[1] ?? 0),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('streams', () => {
  it('are limited to 25: a further stream is refused with 429 until one ends', async () => {
    const { client } = await startSandbox();
    const streams = await Promise.all(Array.from({ length: 25 }, () => client.events()));

    const refused = await client.get<ErrorBody>(v2);
    streams[0]?.close();
    await streams[0]?.ended;
    let { status } = refused;
    // The sandbox notices the closed socket with a delay.
    while (status === 429) ({ status } = await client.events());

    expect(refused.status).toBe(429);
    expect(refused.body.message).toContain('too many requests');
    expect(status).toBe(200);
  });

  it('replay only events within the retention', async () => {
    const { client } = await startSandbox({ eventRetention: 3 });
    await journals(client, 4);

    const events = await replay(client, await everything(client));

    expect(events.map(({ status_to }) => status_to)).toEqual(['pending', 'queued', 'pending']);
  });

  it('replay several pages completely while new events arrive', async () => {
    const { client } = await startSandbox({ settleDelayMs: 0 });
    const entries = Array.from({ length: 200 }, () => ({ to_account: cash()['to_account'], amount: '0.01' }));
    const batch = { entry_type: 'JNLC', from_account: cash()['from_account'], entries };
    await client.post('/v1/journals/batch', batch);

    const stream = await client.events(`${v2}?since=2000-01-01T00:00:00Z`);
    await client.post('/v1/journals/batch', batch);

    const events = await stream.first(1_200);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(1_200);
  });

  it('drop live events for a slow reader and report how many', async () => {
    const { client } = await startSandbox({ settleDelayMs: 0, streamBufferBytes: 10_000 });
    const entries = Array.from({ length: 500 }, () => ({
      to_account: cash()['to_account'],
      amount: '0.01',
      description: 'x'.repeat(1_000),
    }));
    const slow = await client.events();
    slow.pause();
    const batches = 12;

    for (let count = 0; count < batches; count += 1) {
      await client.post('/v1/journals/batch', { entry_type: 'JNLC', from_account: cash()['from_account'], entries });
    }
    slow.resume();

    await slow.until(() => dropped(slow) + slow.events.length >= batches * 500 * 3);
    expect(dropped(slow) + slow.events.length).toBe(batches * 500 * 3);
    expect(dropped(slow)).toBeGreaterThan(0);
  });

  it('report dropped events before they end at their until', async () => {
    const { client } = await startSandbox({ settleDelayMs: 1_000, streamBufferBytes: 1_000 });
    const entries = Array.from({ length: 300 }, () => ({ to_account: cash()['to_account'], amount: '0.01' }));
    await client.post('/v1/journals/batch', { entry_type: 'JNLC', from_account: cash()['from_account'], entries });
    const { body: clock } = await client.get<{ now: string }>('/sandbox/clock');
    const until = new Date(Date.parse(clock.now) + 60_000).toISOString();
    const stream = await client.events(`${v2}?since=${clock.now}&until=${until}`);
    await stream.first(300);

    // All status changes and the end of the stream in one turn of the event loop, which no reader can keep up with.
    await client.post('/sandbox/clock', { advanceMs: 120_000 });

    expect(await stream.ended).toBe('complete');
    expect(dropped(stream)).toBeGreaterThan(0);
    expect(dropped(stream) + stream.events.length).toBe(900);
  });
});
