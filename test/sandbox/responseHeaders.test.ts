import { describe, expect, it } from 'vitest';

import { type ErrorBody, cash } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';
import { exchange } from '../contract/rawRequestsConnection.ts';

const paths = ['/v1/journals', '/v1/journals/x', '/v1/nothing', '/v2/events/journals/status?since=x', '/v1/accounts'];

describe('every response', () => {
  it.each(paths)('of %s has a unique request id and the rate limit', async (path) => {
    const { client } = await startSandbox();

    const [one, other] = [await client.get(path), await client.get(path, { authorization: '' })];

    for (const { headers } of [one, other]) {
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers).toMatchObject({ 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '1000' });
      expect(Number(headers['x-ratelimit-reset'])).toBeGreaterThan(Date.now() / 1_000);
    }
    expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
  });

  it('of an open stream carries a request id and the rate limit', async () => {
    const { client } = await startSandbox();

    const stream = await client.events();

    expect(stream.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(stream.headers['content-type']).toBe('text/event-stream');
  });

  it.each([
    ['garbage', 'garbage\r\n\r\n', 400],
    ['a header that never ends', `GET /v1/journals HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an invalid chunk', 'POST /v1/journals HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n', 400],
    ['an unknown expectation', 'POST /v1/journals HTTP/1.1\r\nExpect: x\r\nConnection: close\r\n\r\n', 417],
    ['HTTP/1.1 without a host', 'GET /v1/journals HTTP/1.1\r\nConnection: close\r\n\r\n', 401],
  ])('to %s carries a request id and the rate limit', async (_what, bytes, status) => {
    const { sandbox } = await startSandbox();

    const [answer] = await exchange(sandbox.port, bytes, 'until closed');

    expect(answer?.status).toBe(status);
    expect(answer?.head).toMatch(/\r\nx-request-id: [0-9a-f-]{36}/i);
    expect(answer?.head).toMatch(
      /\r\nx-ratelimit-limit: 1000\r\nx-ratelimit-remaining: 1000\r\nx-ratelimit-reset: \d+/i,
    );
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: status * 100_000 + 10_000 });
  });

  it('to a wrong method lists the allowed methods', async () => {
    const { client } = await startSandbox();

    const { headers } = await client.send('PATCH', '/v1/journals');

    expect(headers['allow']).toBe('GET, POST');
  });

  it('to an unknown path is 404, and to a wrong method 405', async () => {
    const { client } = await startSandbox();

    const statuses = [(await client.get('/v1/nothing')).status, (await client.send('PATCH', '/v1/journals')).status];

    expect(statuses).toEqual([404, 405]);
  });
});

describe('the rate limit', () => {
  it('is off by default', async () => {
    const { client } = await startSandbox();

    const replies = await Promise.all(Array.from({ length: 60 }, () => client.get('/v1/journals')));

    expect(replies.every(({ status }) => status === 200)).toBe(true);
  });

  it('counts down, then causes 429 until the reset', async () => {
    let now = 1_800_000_000_000;
    const { client } = await startSandbox({ rateLimit: { limit: 2, windowMs: 5_000 }, clock: () => now });

    const replies = [];
    for (let count = 0; count < 3; count += 1) replies.push(await client.post<ErrorBody>('/v1/journals', cash()));
    now += 5_000;
    const later = await client.get<unknown[]>('/v1/journals');

    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(replies.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['1', '0', '0']);
    expect(replies[2]?.headers['x-ratelimit-reset']).toBe('1800000005');
    expect(replies[2]?.body.code).toBe(42910000);
    expect([later.status, later.body.length]).toEqual([200, 2]);
  });

  it('sends Retry-After if configured', async () => {
    const { client } = await startSandbox({ rateLimit: { limit: 0, windowMs: 5_000, retryAfter: true } });

    const { headers } = await client.get('/v1/journals');

    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});
