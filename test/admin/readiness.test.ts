import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWatched } from '../kit/startWatched.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';

const lists = '{ journals(first: 1) { nodes { id } } }';

/** An upstream whose answer to calls can be changed; its event stream stands. */
async function startChanging(answer: Answer = json(200, [])) {
  const state = { answer };
  const stub = await StubUpstream.start((seen, response) => state.answer(seen, response));
  return { stub, state };
}

describe('/ready', () => {
  it('says what it looked at, and sends clients here when all of it is well', async () => {
    const sandbox = await startSandbox();
    const { ready } = await startWatched(sandbox.url);

    expect(await ready()).toEqual({
      status: 200,
      body: {
        ready: true,
        phase: 'serving',
        checks: {
          upstream: { ok: true, breaker: 'closed', found: 'it answers a probe' },
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

  it('believes the answers of calls, and asks the API itself only where there are none', async () => {
    const { stub } = await startChanging();
    const { ready, url } = await startWatched(stub.url);
    await ask(url, lists);
    const calls = stub.calls.length;

    const answers = await Promise.all([ready(), ready(), ready()]);

    expect(answers.map(({ body }) => body.checks.upstream['found'])).toEqual(Array(3).fill('it answers'));
    expect(stub.calls).toHaveLength(calls);
  });

  it('asks the API once, however many ask the gateway', async () => {
    const { stub } = await startChanging(text(500, 'down'));
    const { ready } = await startWatched(stub.url);

    const answers = await Promise.all([ready(), ready(), ready()]);

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(stub.calls).toHaveLength(1);
  });

  it.each<[string, Answer, string]>([
    ['fails', text(500, 'down'), 'a probe was answered with HTTP 500'],
    ['does not take the credentials', json(401, { message: 'unauthorized.' }), 'a probe was answered with HTTP 401'],
    ['cuts connections', (_seen, response) => void response.destroy(), 'a probe failed: other side closed'],
  ])('says no while the API %s', async (_what, answer, found) => {
    const { stub } = await startChanging(answer);
    const { ready } = await startWatched(stub.url);

    expect(await ready()).toMatchObject({
      status: 503,
      body: { ready: false, phase: 'serving', checks: { upstream: { ok: false, breaker: 'closed', found } } },
    });
  });

  it('says no while the breaker is open, and yes again by itself once the API is back', async () => {
    const { stub, state } = await startChanging(text(503, 'down'));
    const { ready, url, metric } = await startWatched(stub.url);
    await Promise.all(Array.from({ length: 25 }, () => ask(url, `{ journal(id: "${randomUUID()}") { id } }`)));

    expect(await ready()).toMatchObject({
      status: 503,
      body: { ready: false, checks: { upstream: { ok: false, breaker: 'open', found: 'calls keep failing' } } },
    });
    expect(await metric('gateway_upstream_breaker_open')).toBe(1);

    state.answer = json(200, []);
    while (!(await ready()).body.ready) await turn();
    expect(await metric('gateway_upstream_breaker_open')).toBe(0);
  });

  it('says yes while only the rate limit is used up: the API is there', async () => {
    const { stub } = await startChanging(json(429, { message: 'too many' }, { 'retry-after': '30' }));
    const { ready, url } = await startWatched(stub.url);
    await ask(url, lists);

    expect(await ready()).toMatchObject({
      status: 200,
      body: { checks: { upstream: { ok: true, found: 'it answers; the rate limit is used up' } } },
    });
  });

  it('says no while the event stream has never stood, and yes when it does', async () => {
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

  it('forgives a stream that ended a moment ago: the API ends them now and then', async () => {
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
  it('has three pages, for reading only', async () => {
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
      'nothing is here; there are /health, /ready, /metrics',
    ]);
    expect((await found('/toString'))[0]).toBe(404);
    expect((await fetch(url.replace('/graphql', '/metrics'))).status).toBe(404);
    expect((await fetch(url.replace('/graphql', '/ready'))).status).toBe(404);
  });

  it('is not there when it is switched off', async () => {
    const sandbox = await startSandbox();

    await expect(startWatched(sandbox.url, { admin: null })).rejects.toThrow('admin port');
  });
});
