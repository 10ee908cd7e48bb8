import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { EventStream } from '../kit/EventStream.ts';
import { Gate } from '../kit/Gate.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';

// "Distinct connections mode" of https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md.

const gateway = sharedGateway();

const changed = 'subscription { journalStatusChanged { journalId statusTo } }';

function get(parameters: Record<string, string>): Promise<EventStream> {
  return EventStream.open(`${gateway.url}?${new URLSearchParams(parameters).toString()}`, {
    headers: { accept: 'text/event-stream', 'graphql-require-preflight': 'yes' },
  });
}

function creation(description: string): string {
  return `mutation { createJournal(
    input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1", description: "${description}" } }
  ) { ... on CreateJournalSuccess { journal { id } } } }`;
}

async function createJournal(): Promise<string> {
  const { data } = await ask<{ createJournal: { journal: { id: string } } }>(gateway.url, creation('for an event'));
  return data?.createJournal.journal.id ?? '';
}

const complete = { event: 'complete', data: '' };

describe.each([
  ['POST', (query: string, variables?: Record<string, unknown>) => EventStream.post(gateway.url, query, variables)],
  ['GET', (query: string, variables = {}) => get({ query, variables: JSON.stringify(variables) })],
] as const)('an event stream by %s', (_method, open) => {
  it('has the type text/event-stream and is not cached', async () => {
    const { response } = await open('{ __typename }');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
  });

  it('of a query has one next event and a complete event, and ends', async () => {
    const stream = await open('query ($id: ID!) { account(id: $id) { id } }', { id: sweep });

    expect(await stream.rest()).toEqual([
      { event: 'next', data: JSON.stringify({ data: { account: { id: sweep } } }) },
      complete,
    ]);
  });

  it('of a subscription has a next event for every status event, and continues', async () => {
    const stream = await open(changed);

    const journalId = await createJournal();

    for (const statusTo of ['EXECUTED', 'ACTIVITY_CREATED']) {
      expect(await stream.next()).toEqual({
        id: expect.any(String) as string,
        event: 'next',
        data: JSON.stringify({ data: { journalStatusChanged: { journalId, statusTo } } }),
      });
    }
  });

  it.each([
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['a validation error', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'query ($id: ID!) { journal(id: $id) { id } }', 'BAD_USER_INPUT'],
    ['a refused subscription', 'subscription { journalStatusChanged(after: "x") { id } }', 'BAD_USER_INPUT'],
  ])('of %s is accepted and reports the error in a next event', async (_name, query, code) => {
    const stream = await open(query);

    const [next, ...others] = await stream.rest();
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(next?.event).toBe('next');
    expect(JSON.parse(next?.data ?? '')).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(others).toEqual([complete]);
  });
});

describe('a mutation', () => {
  it('runs over an event stream by POST', async () => {
    const stream = await EventStream.post(gateway.url, 'mutation { deleteJournal(id: "no uuid") { __typename } }');

    expect(await stream.rest()).toEqual([
      { event: 'next', data: JSON.stringify({ data: { deleteJournal: { __typename: 'InvalidRequestError' } } }) },
      complete,
    ]);
  });

  it('is refused by GET without moving anything', async () => {
    const stream = await get({ query: creation('by GET as an event stream') });

    expect(stream.response.status).toBe(405);
    const { data } = await ask(gateway.url, '{ journals { nodes { description } } }');
    expect(JSON.stringify(data)).not.toContain('by GET as an event stream');
  });
});

describe('a client that closes the connection', () => {
  it('ends the source', async () => {
    const source = new Source();
    const server = await startServer({ ticks: () => source });
    const stream = await EventStream.post(server.url, 'subscription { ticks }');
    source.push('first');
    await stream.next();

    stream.abort();

    await source.left;
  });

  it('ends a source that has had no event yet', async () => {
    const source = new Source();
    const server = await startServer({ ticks: () => source });
    const stream = await EventStream.post(server.url, 'subscription { ticks }');
    await source.read;

    stream.abort();

    await source.left;
  });

  it('ends a source that is still being opened', async () => {
    const source = new Source();
    const [gate, noticed] = [new Gate(), new Gate()];
    const server = await startServer({
      ticks: async (signal) => {
        signal?.addEventListener('abort', () => noticed.open());
        await gate.pass();
        return source;
      },
    });
    const abort = new AbortController();
    const answer = fetch(`${server.url}?query=${encodeURIComponent('subscription { ticks }')}`, {
      headers: { accept: 'text/event-stream', 'graphql-require-preflight': 'yes' },
      signal: abort.signal,
    });
    await gate.reached;

    abort.abort();
    await expect(answer).rejects.toThrow();
    await noticed.opened;
    gate.open();

    await source.left;
  });

  it('does not affect other streams', async () => {
    const [leaver, stayer] = [
      await EventStream.post(gateway.url, changed),
      await EventStream.post(gateway.url, changed),
    ];

    leaver.abort();
    const journalId = await createJournal();

    expect(JSON.parse((await stayer.next())?.data ?? '')).toMatchObject({
      data: { journalStatusChanged: { journalId } },
    });
  });
});

describe('a source that fails', () => {
  it('is reported in a next event without details, followed by a complete event', async () => {
    const server = await startServer({
      ticks: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the secret reason')) }),
      }),
    });

    const stream = await EventStream.post(server.url, 'subscription { ticks }');

    const [next, ...others] = await stream.rest();
    expect(JSON.parse(next?.data ?? '')).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(next?.data).not.toContain('secret');
    expect(others).toEqual([complete]);
  });
});
