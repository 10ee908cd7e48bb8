import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { customer, otherCustomer, sweep, thirdCustomer } from '../kit/accounts.ts';
import { EventStream } from '../kit/EventStream.ts';
import { closeLater } from '../kit/closeLater.ts';
import { sharedBinary } from '../kit/sharedBinary.ts';
import { subscribe } from '../kit/subscribe.ts';

const query = `query ($id: ID!) { account(id: $id) { id journals { nodes { description } } } }`;
const mutation = `mutation ($to: ID!, $description: String!) {
  createJournal(input: { jnlc: {
    fromAccount: "${sweep}", toAccount: $to, amount: "1.10", description: $description
  } }) { __typename ... on CreateJournalSuccess { journal { id description ... on JNLC { netAmount } } } } }`;
const subscription = 'subscription { journalStatusChanged { journalId statusFrom statusTo journal { description } } }';

interface Created {
  createJournal: { __typename: string; journal: { id: string; description: string; netAmount: string } };
}

interface Changed {
  journalStatusChanged: {
    journalId: string;
    statusFrom: string | null;
    statusTo: string;
    journal: { description: string };
  };
}

function created(description: string) {
  return {
    data: {
      createJournal: {
        __typename: 'CreateJournalSuccess',
        journal: { id: expect.any(String) as string, description, netAmount: '1.10' },
      },
    },
  };
}

function accountWith(id: string, description: string) {
  return { data: { account: { id, journals: { nodes: [{ description }] } } } };
}

function walk(description: string) {
  return [
    [null, 'EXECUTED'],
    ['EXECUTED', 'ACTIVITY_CREATED'],
  ].map(([statusFrom, statusTo]) => [statusFrom, statusTo, description]);
}

function seen({ journalStatusChanged: { statusFrom, statusTo, journal } }: Changed) {
  return [statusFrom, statusTo, journal.description];
}

describe('the started gateway', () => {
  const started = sharedBinary();

  it('runs query, mutation and subscription for a plain fetch', async () => {
    const { url } = started();
    const events = await EventStream.post(url, subscription);
    const post = async (body: unknown): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };

    expect(await post({ query: mutation, variables: { to: customer, description: 'fetch' } })).toEqual(
      created('fetch'),
    );
    expect(await post({ query, variables: { id: customer } })).toEqual(accountWith(customer, 'fetch'));
    const changes = [await events.next(), await events.next()];
    expect(changes.map((event) => seen((JSON.parse(event?.data ?? '') as { data: Changed }).data))).toEqual(
      walk('fetch'),
    );
  });

  it('runs query, mutation and subscription for a graphql-ws client', async () => {
    const { url } = started();
    const client = createWsClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    closeLater(() => client.dispose());
    const events = await subscribe<Changed>('WebSocket', url, subscription);

    const mutated = await client
      .iterate<Created>({ query: mutation, variables: { to: otherCustomer, description: 'ws' } })
      .next();
    const queried = await client.iterate({ query, variables: { id: otherCustomer } }).next();

    expect(mutated.value).toEqual(created('ws'));
    expect(queried.value).toEqual(accountWith(otherCustomer, 'ws'));
    expect((await events.take(2)).map(seen)).toEqual(walk('ws'));
  });

  it('runs query, mutation and subscription for a graphql-sse client', async () => {
    const { url } = started();
    const client = createSseClient({ url, retryAttempts: 0 });
    closeLater(() => client.dispose());
    const events = await subscribe<Changed>('SSE', url, subscription);

    const mutated = await client
      .iterate<Created>({ query: mutation, variables: { to: thirdCustomer, description: 'sse' } })
      .next();
    const queried = await client.iterate({ query, variables: { id: thirdCustomer } }).next();

    expect(mutated.value).toEqual(created('sse'));
    expect(queried.value).toEqual(accountWith(thirdCustomer, 'sse'));
    expect((await events.take(2)).map(seen)).toEqual(walk('sse'));
  });

  it('serves browsers a GraphiQL that loads nothing from other hosts', async () => {
    const { url } = started();

    const page = await fetch(url, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    const html = await page.text();

    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(html).toContain('GraphiQL');
    // Everything that a page loads by itself: sources and style sheets in its markup, imports in its styles.
    expect(html.match(/<(script|img|iframe)[^>]*\ssrc=["']?(https?:)?\/\/[^>]*>/g)).toBeNull();
    expect(html.match(/<link[^>]*\shref=["']?(https?:)?\/\/[^>]*>/g)).toBeNull();
    expect(html.match(/@import\s+(url\()?["']?(https?:)?\/\//g)).toBeNull();
    expect(html).not.toMatch(/unpkg\.com|jsdelivr\.net|cdnjs\.cloudflare\.com|esm\.sh|fonts\.googleapis\.com/);
  });

  it('responds to / and /health with 200, and to unknown paths with 404', async () => {
    const { url, healthUrl } = started();
    const paths = ['/nope', '/graphql/more', '/graphqlx', '/else/health', '/health/more'];

    expect((await fetch(healthUrl)).status).toBe(200);
    expect((await fetch(new URL('/', url))).status).toBe(200);
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(new URL(path, url))).status));
    expect(statuses).toEqual(paths.map(() => 404));
  });
});
