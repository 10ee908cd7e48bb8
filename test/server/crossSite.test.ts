import { Client, fetchExchange } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { customer, sweep } from '../kit/accounts.ts';
import { closeLater } from '../kit/closeLater.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const query = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) { __typename } }`;

const friend = 'https://console.example';

async function start() {
  const stub = await StubUpstream.start(json(403, {}));
  return { stub, url: (await startGateway(stub.url)).url };
}

/** Starts a gateway that pages of one other origin may use. */
async function startWithFriend() {
  const stub = await StubUpstream.start(json(403, {}));
  return startGateway(stub.url, {}, { limits: { corsOrigins: [friend] } });
}

describe('a page of another site', () => {
  it.each([
    ['a form', new URLSearchParams({ query }), {}, 403],
    ['a multipart form', multipart(), {}, 415],
    ['text', JSON.stringify({ query }), { 'content-type': 'text/plain' }, 415],
  ])('can post %s, which is refused before the API is called', async (_what, body, headers, status) => {
    const { stub, url } = await start();

    const answer = await fetch(url, { method: 'POST', body, headers: { origin: 'https://evil.example', ...headers } });

    expect(answer.status).toBe(status);
    expect(stub.calls).toEqual([]);
  });

  it('gets no CORS headers for the preflight request before it posts JSON', async () => {
    const { url } = await start();

    const answer = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });

    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('cannot open a WebSocket, unlike a page of the gateway and a client that is not a browser', async () => {
    const { url } = await start();
    const opened = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { headers });
        closeLater(() => socket.terminate());
        socket.once('open', () => resolve('open'));
        socket.once('error', ({ message }) => resolve(message));
      });

    expect(await opened({ origin: 'https://evil.example' })).toContain('403');
    expect(await opened({ origin: 'null' })).toContain('403');
    expect(await opened({ origin: new URL(url).origin })).toBe('open');
    expect(await opened({})).toBe('open');
  });
});

describe('a form', () => {
  it('is accepted with a header that no page can set without a preflight request', async () => {
    const { stub, url } = await start();

    const body = new URLSearchParams({ query });
    const answer = await fetch(url, { method: 'POST', body, headers: { 'graphql-require-preflight': 'yes' } });

    expect(answer.status).toBe(200);
    expect(stub.calls).toHaveLength(1);
  });
});

describe('a GET', () => {
  const asked = new URLSearchParams({ query: '{ __typename }' }).toString();

  it.each<[string, Record<string, string>, number]>([
    ['without a header that states its origin', {}, 403],
    ['from another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['from another host of the same site', { 'sec-fetch-site': 'same-site' }, 403],
    ['from a link', { 'sec-fetch-site': 'none' }, 403],
    ["from the gateway's own page", { 'sec-fetch-site': 'same-origin' }, 200],
    ['with a header that no page can set without a preflight request', { 'graphql-require-preflight': '1' }, 200],
    ['with another such header', { 'x-graphql-yoga-csrf': '1' }, 200],
  ])('%s and with the headers %j is answered with %i', async (_which, headers, status) => {
    const { url } = await start();

    expect((await fetch(`${url}?${asked}`, { headers })).status).toBe(status);
  });
});

describe('urql, which queries by GET by default', () => {
  /** Queries as a page does: the browser adds the headers, and the page can't change them. */
  async function query(url: string, browserHeaders: Record<string, string>, headers: Record<string, string> = {}) {
    const methods: (string | undefined)[] = [];
    const client = new Client({
      url,
      exchanges: [fetchExchange],
      fetchOptions: { headers },
      fetch: (input, init) => {
        methods.push(init?.method);
        const sent = new Headers([...new Headers(init?.headers), ...Object.entries(browserHeaders)]);
        return fetch(input, { ...init, headers: sent });
      },
    });
    const { data, error } = await client.query<unknown>('{ __typename }', {});
    return { methods, data, error: error?.graphQLErrors[0]?.extensions['code'] };
  }

  const accepted = { methods: ['GET'], data: { __typename: 'Query' }, error: undefined };
  const refused = { methods: ['GET'], data: undefined, error: 'PREFLIGHT_REQUIRED' };

  it('may query by GET on a page of the gateway', async () => {
    const { url } = await start();

    const ownPage = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', referer: new URL('/', url).href };

    expect(await query(url, ownPage)).toEqual(accepted);
  });

  it('may query by GET on a page of a configured origin, and not on any other', async () => {
    const { url } = await startWithFriend();

    expect(await query(url, { 'sec-fetch-site': 'cross-site', origin: friend })).toEqual(accepted);
    expect(await query(url, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toEqual(refused);
  });

  it('needs a header in programs that are not browsers', async () => {
    const { url } = await start();

    expect(await query(url, {})).toEqual(refused);
    expect(await query(url, {}, { 'graphql-require-preflight': '1' })).toEqual(accepted);
  });
});

describe('a page of a configured origin', () => {
  it('may send the headers that clients set, without credentials of the browser', async () => {
    const { url } = await startWithFriend();

    const { status, headers } = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: friend, 'access-control-request-method': 'POST' },
    });

    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(friend);
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('can read responses and open streams and WebSockets; a page of another origin cannot', async () => {
    const { url } = await startWithFriend();
    const stream = `${url}?${new URLSearchParams({ query: '{ __typename }' }).toString()}`;
    const get = (origin: string) => fetch(stream, { headers: { origin, accept: 'text/event-stream' } });
    const opened = (origin: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { headers: { origin } });
        closeLater(() => socket.terminate());
        socket.once('open', () => resolve('open'));
        socket.once('error', ({ message }) => resolve(message));
      });

    expect((await get(friend)).headers.get('access-control-allow-origin')).toBe(friend);
    expect((await get(friend)).status).toBe(200);
    expect((await get('https://evil.example')).status).toBe(403);
    expect((await get('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    expect(await opened(friend)).toBe('open');
    expect(await opened('https://evil.example')).toContain('403');
  });
});

const eventStream = { accept: 'text/event-stream' };

describe('every response', () => {
  it.each<[string, string, RequestInit & { headers?: Record<string, string> }]>([
    ['of an operation', '/graphql', { method: 'POST', body: '{"query":"{ __typename }"}' }],
    ['of a refusal', '/graphql', { method: 'POST', body: '[' }],
    ['to an unknown path', '/elsewhere', {}],
    ['of health', '/health', {}],
    ['of an event stream', '/graphql', { method: 'POST', body: '{"query":"{ __typename }"}', headers: eventStream }],
  ])('%s has the security headers', async (_which, path, init) => {
    const { url } = await start();

    const { headers } = await fetch(new URL(path, url), {
      ...init,
      headers: { 'content-type': 'application/json', ...Object.fromEntries(new Headers(init.headers)) },
    });

    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toMatch(/^no-store\b/);
    expect(headers.get('x-request-id')).toMatch(/./);
  });
});

function multipart(): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query }));
  return form;
}
