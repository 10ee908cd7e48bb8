import { describe, expect, it } from 'vitest';

import { doors, operate } from '../kit/operate.ts';
import type { Outcome } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';
import type { StartedServer } from '../kit/startServer.ts';

/** Starts a server with room for ten operations, five of them queries. Some mutations run until the test ends them. */
async function startBusy(underWay: number): Promise<{ server: StartedServer; end: () => Promise<void> }> {
  let begun = 0;
  let allBegun: () => void = () => undefined;
  let finish: () => void = () => undefined;
  const everyoneIsIn = new Promise<void>((resolve) => (allBegun = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const work = async () => {
    begun += 1;
    if (begun === underWay) allBegun();
    await finished;
    return 'done';
  };
  const server = await startServer({ work, ticks: () => new Source() }, { maxRunning: 10 });
  // Mutations are accepted as long as there is room.
  const answers = Array.from({ length: underWay }, () => operate('HTTP', server.url, null, 'mutation { work }'));
  await everyoneIsIn;
  const end = async () => {
    finish();
    for (const { data } of await Promise.all(answers)) expect(data).toEqual({ work: 'done' });
  };
  return { server, end };
}

function codesOf({ errors = [] }: Outcome): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code']);
}

describe.each(doors)('an overloaded process, over %s', (door) => {
  it('refuses queries first, with 503 and Retry-After', async () => {
    const { server, end } = await startBusy(5);

    const query = await operate(door, server.url, null, '{ hello }');
    const mutation = await operate(door, server.url, null, 'mutation { hello }');
    await end();

    expect(codesOf(query)).toEqual(['OVERLOADED']);
    expect(mutation.data).toEqual({ hello: 'hello' });
    if (door === 'HTTP' || door === 'SSE') {
      expect(query.status).toBe(503);
      expect(query.headers?.get('retry-after')).toBe('1');
    }
  });

  it('refuses mutations when it is full and completes those that it accepted', async () => {
    const { server, end } = await startBusy(10);

    const mutation = await operate(door, server.url, null, 'mutation { hello }');
    await end();

    expect(codesOf(mutation)).toEqual(['OVERLOADED']);
  });

  it('serves again when operations have ended, and no longer counts them', async () => {
    const { server, end } = await startBusy(9);
    await operate(door, server.url, null, '{ hello }');
    await end();

    const query = await operate(door, server.url, null, '{ hello }');

    expect(query.data).toEqual({ hello: 'hello' });
    expect(server.running.shed).toBe(1);
  });
});

describe('a process that sheds queries', () => {
  it.each([
    ['that operationName selects', { query: 'query A { hello } mutation B { hello }', operationName: 'B' }],
    ['whose text contains an escape', undefined],
  ])('recognizes a mutation %s', async (_how, request) => {
    const { server, end } = await startBusy(5);
    const body = request ? JSON.stringify(request) : '{"query":"\\u006dutation { hello }"}';

    const answer = await post(server.url, body);
    await end();

    expect(await answer.json()).toEqual({ data: { hello: 'hello' } });
  });

  it('refuses a query that contains the word mutation', async () => {
    const { server, end } = await startBusy(5);

    const answer = await post(server.url, JSON.stringify({ query: '{ hello } # no mutation' }));
    await end();

    expect(await answer.text()).toContain('OVERLOADED');
    expect(answer.status).toBe(503);
  });

  it.each([
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
  ])('responds to a client that accepts %s before it parses the request', async (accept, mediaType) => {
    const { server, end } = await startBusy(5);

    const answer = await post(server.url, '{ is no JSON', { accept, 'x-request-id': 'asked-1' });
    const said: unknown = await answer.json();
    await end();

    expect(said).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    expect(answer.status).toBe(503);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': mediaType,
      'retry-after': '1',
      'x-request-id': 'asked-1',
      'x-content-type-options': 'nosniff',
      connection: 'keep-alive',
    });
  });

  it('keeps subscriptions, which do not count as running', async () => {
    const { server, end } = await startBusy(5);
    const socket = await RawSocket.ready(server.url);

    for (const id of ['1', '2', '3', '4', '5']) socket.subscribe(id, 'subscription { ticks }');
    const said = await socket.receivedSoFar();
    await end();

    expect(said).toEqual([]);
  });

  it('responds to /health', async () => {
    const { server, end } = await startBusy(10);

    const answer = await fetch(server.url.replace('/graphql', '/health'));
    await end();

    expect(answer.status).toBe(200);
  });
});

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}
