import { createHash } from 'node:crypto';

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';

import { RawSocket } from '../kit/RawSocket.ts';
import { startServer } from '../kit/startServer.ts';

const query = print(parse('query Hello { hello }'));
const sha256Hash = sha256(query);
const extensions = { persistedQuery: { version: 1, sha256Hash } };
const notSupported = {
  errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function overHttp(url: string, members: object, headers: Record<string, string> = {}): Promise<unknown> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const text = await (await fetch(url, { ...init, body: JSON.stringify(members) })).text();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as unknown;
}

async function overWebSocket(url: string, members: object): Promise<unknown> {
  const socket = await RawSocket.ready(url);
  socket.send({ id: '1', type: 'subscribe', payload: { query: '', ...members } });
  const { type, payload } = await socket.next();
  return type === 'error' ? { errors: payload } : payload;
}

const ways: [string, (url: string, members: object) => Promise<unknown>][] = [
  ['HTTP', (url, members) => overHttp(url, members)],
  ['event streams', (url, members) => overHttp(url, members, { accept: 'text/event-stream' })],
  ['WebSocket', overWebSocket],
];

describe.each(ways)('a gateway without a manifest, over %s,', (_way, send) => {
  it('refuses a hash without a text as not supported', async () => {
    const { url } = await startServer({});

    expect(await send(url, { extensions })).toMatchObject(notSupported);
    expect(await send(url, { documentId: sha256Hash })).toMatchObject(notSupported);
  });

  it('executes a text that is sent with its hash', async () => {
    const { url } = await startServer({});

    expect(await send(url, { query, extensions })).toEqual({ data: { hello: 'hello' } });
  });
});

describe("Apollo's link for persisted queries", () => {
  it.each([false, true])(
    'sends a hash once and texts from then on when useGETForHashedQueries is %s',
    async (useGETForHashedQueries) => {
      const { url } = await startServer({});
      const sent: string[] = [];
      const watched: typeof fetch = (target, init) => {
        const asked = `${target instanceof Request ? target.url : target.toString()} ${typeof init?.body === 'string' ? init.body : ''}`;
        sent.push(
          [asked.includes(sha256Hash) && 'hash', asked.includes('"query"') && 'text'].filter(Boolean).join('+'),
        );
        return fetch(target, init);
      };
      const headers = { 'graphql-require-preflight': '1' };
      const link = ApolloLink.from([
        new PersistedQueryLink({ sha256, useGETForHashedQueries }),
        new HttpLink({ uri: url, fetch: watched, headers }),
      ]);
      const client = new ApolloClient({ link, cache: new InMemoryCache() });
      const ask = () => client.query({ query: gql(query), fetchPolicy: 'no-cache' });

      const results = [await ask(), await ask(), await ask()];

      expect(results.map(({ data }) => data)).toEqual(Array(3).fill({ hello: 'hello' }));
      expect(sent).toEqual(['hash', 'text', 'text', 'text']);
      client.stop();
    },
  );
});
