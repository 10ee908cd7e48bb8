import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWatched } from '../kit/startWatched.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';

const lists = '{ journals(first: 1) { nodes { id } } }';

/** An upstream whose response can be changed. Its event stream stays open. */
async function startChangeable(answer: Answer = json(200, [])) {
  const state = { answer };
  const stub = await StubUpstream.start((seen, response) => state.answer(seen, response));
  return { stub, state };
}

describe('/ready', () => {
  it('returns 200 and the result of each check when all checks pass', async () => {
    const sandbox = await startSandbox();
    const { ready } = await startWatched(sandbox.url);

    expect(await ready()).toEqual({
      status: 200,
      body: {
        ready: true,
        phase: 'serving',
        checks: {
          upstream: { ok: true, breaker: 'closed', found: 'the API responds to a probe' },
          feed: {
            ok: true,
            isOpen: true,
            silentMs: expect.any(Number) as number,
            lagMs: null,
            reconnects: 0,
            lastFailure: null,
          },
        },
      },
    });
  });

  it('sends no probe if the API has just responded to an operation', async () => {
    const { stub } = await startChangeable();
    const { ready, url } = await startWatched(stub.url);
    await ask(url, lists);
    const calls = stub.calls.length;

    const answers = await Promise.all([ready(), ready(), ready()]);

    expect(answers.map(({ body }) => body.checks.upstream['found'])).toEqual(Array(3).fill('the API responds'));
    expect(stub.calls).toHaveLength(calls);
  });

  it('sends one probe for several concurrent requests', async () => {
    const { stub } = await startChangeable(text(500, 'down'));
    const { ready } = await startWatched(stub.url);

    const answers = await Promise.all([ready(), ready(), ready()]);

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(stub.calls).toHaveLength(1);
  });

  it.each<[string, Answer, string]>([
    ['fails', text(500, 'down'), 'a probe returned HTTP 500'],
    ['rejects the credentials', json(401, { message: 'unauthorized.' }), 'a probe returned HTTP 401'],
    ['closes connections', (_seen, response) => void response.destroy(), 'a probe failed: other side closed'],
  ])('returns 503 while the API %s', async (_problem, answer, found) => {
    const { stub } = await startChangeable(answer);
    const { ready } = await startWatched(stub.url);

    expect(await ready()).toMatchObject({
      status: 503,
      body: { ready: false, phase: 'serving', checks: { upstream: { ok: false, breaker: 'closed', found } } },
    });
  });

  it('returns 503 while the circuit breaker is open, and 200 once the API has recovered', async () => {
    const { stub, state } = await startChangeable(text(503, 'down'));
    const { ready, url, metric } = await startWatched(stub.url);
    await Promise.all(Array.from({ length: 25 }, () => ask(url, `{ journal(id: "${randomUUID()}") { id } }`)));

    expect(await ready()).toMatchObject({
      status: 503,
      body: {
        ready: false,
        checks: { upstream: { ok: false, breaker: 'open', found: 'requests to the API keep failing' } },
      },
    });
    expect(await metric('gateway_upstream_breaker_open')).toBe(1);

    state.answer = json(200, []);
    while (!(await ready()).body.ready) await turn();
    expect(await metric('gateway_upstream_breaker_open')).toBe(0);
  });

  it('returns 200 while only the rate limit is used up', async () => {
    const { stub } = await startChangeable(json(429, { message: 'too many' }, { 'retry-after': '30' }));
    const { ready, url } = await startWatched(stub.url);
    await ask(url, lists);

    expect(await ready()).toMatchObject({
      status: 200,
      body: { checks: { upstream: { ok: true, found: 'the API responds; its rate limit is used up' } } },
    });
  });

  it('returns 503 until the event stream has been opened', async () => {
    let events: Answer = text(503, 'down');
    const stub = await StubUpstream.start(json(200, []), (seen, response) => events(seen, response));
    const { ready } = await startWatched(stub.url);

    expect(await ready()).toMatchObject({
      status: 503,
      body: {
        ready: false,
        checks: {
          upstream: { ok: true },
          feed: { ok: false, isOpen: false, lastFailure: { code: 'UPSTREAM_UNAVAILABLE' } },
        },
      },
    });

    events = (_seen, response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hi\n\n');
    while (!(await ready()).body.ready) await turn();
  });

  it('returns 200 if the event stream ended a moment ago, since the API ends streams now and then', async () => {
    let opened = 0;
    const stub = await StubUpstream.start(json(200, []), (_seen, response) => {
      opened += 1;
      if (opened === 1) response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': hi\n\n');
      else response.writeHead(503).end();
    });
    const { ready } = await startWatched(stub.url);
    while ((await ready()).body.checks.feed['isOpen']) await turn();

    expect(await ready()).toMatchObject({ status: 200, body: { checks: { feed: { ok: true, isOpen: false } } } });
  });
});

describe('the admin port', () => {
  it('serves three read-only pages', async () => {
    const sandbox = await startSandbox();
    const { adminUrl, url } = await startWatched(sandbox.url);
    const found = async (path: string, method = 'GET') => {
      const answer = await fetch(`${adminUrl}${path}`, { method });
      return [answer.status, answer.headers.get('content-type'), (await answer.text()).split('\n')[0]];
    };

    expect(await found('/health')).toEqual([200, 'text/plain; charset=utf-8', 'alive']);
    expect(await found('/health?verbose', 'HEAD')).toEqual([200, 'text/plain; charset=utf-8', '']);
    expect(await found('/health', 'POST')).toEqual([405, 'text/plain; charset=utf-8', 'expected GET']);
    expect(await found('/graphql')).toEqual([
      404,
      'text/plain; charset=utf-8',
      'not found; the pages are /health, /ready, /metrics',
    ]);
    expect((await found('/toString'))[0]).toBe(404);
    expect((await fetch(url.replace('/graphql', '/metrics'))).status).toBe(404);
    expect((await fetch(url.replace('/graphql', '/ready'))).status).toBe(404);
  });

  it('is absent when it is switched off', async () => {
    const sandbox = await startSandbox();

    await expect(startWatched(sandbox.url, { admin: null })).rejects.toThrow('admin port');
  });
});
