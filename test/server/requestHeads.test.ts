import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { addApiKey } from '../../src/auth/addApiKey.ts';
import { readConfig } from '../../src/config/readConfig.ts';

import { keepConnection } from '../kit/keepConnection.ts';
import type { RawRequest } from '../kit/keepConnection.ts';
import { newKey } from '../kit/keyFile.ts';
import { closeLater } from '../kit/closeLater.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { startServer } from '../kit/startServer.ts';
import { startWatched } from '../kit/startWatched.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';

const json = JSON.stringify({ query: '{ hello }' });
const hello = '{"data":{"hello":"hello"}}';
const graphqlResponse = 'application/graphql-response+json';

async function post(url: string, headers: Record<string, string>, body: RawRequest['body'] = [json]) {
  return keepConnection()(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

describe('a body', () => {
  it.each([
    'Application/Json',
    'application/json; charset=utf8',
    'application/json;charset="UTF-8"',
    'application/json ; Charset=UTF-8',
    'application/json; charset=unicode-1-1-utf-8',
    'application/json; profile="a;charset=utf-16"',
    'APPLICATION/GRAPHQL+JSON',
    'application/json, application/json',
  ])('of type %s is accepted', async (type) => {
    const { url } = await startServer({});

    expect(await post(url, { 'content-type': type })).toMatchObject({ status: 200, body: hello });
  });

  it('of a form whose type is in capitals is parsed and guarded like any form', async () => {
    const { url } = await startServer({});
    const type = { 'content-type': 'Application/X-WWW-Form-Urlencoded' };
    const form = [new URLSearchParams({ query: '{ hello }' }).toString()];

    expect((await post(url, type, form)).status).toBe(403);
    expect(await post(url, { ...type, 'graphql-require-preflight': '1' }, form)).toMatchObject({ body: hello });
    expect((await post(url, { 'content-type': 'Text/Plain' }, form)).status).toBe(415);
  });

  it.each(['iso-8859-1', 'utf-16', '"us-ascii"', 'nonsense'])('in charset %s is refused', async (charset) => {
    const { url } = await startServer({});

    expect((await post(url, { 'content-type': `Application/Json; charset=${charset}` })).status).toBe(415);
  });

  it('that is compressed is refused by its headers, with the accepted encoding', async () => {
    const { url } = await startServer({});

    const answer = await post(url, { 'content-encoding': 'GZIP' }, [gzipSync(json)]);

    expect(answer).toMatchObject({ status: 415, body: 'content-encoding is GZIP, expected none\n' });
    expect(answer.headers['accept-encoding']).toBe('identity');
    expect((await post(url, { 'content-encoding': 'Identity' })).status).toBe(200);
  });

  it('may begin with a byte order mark, like a WebSocket message', async () => {
    const { url } = await startServer({});
    const socket = await RawSocket.ready(url);

    socket.send(`\uFEFF${JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ hello }' } })}`);

    expect((await post(url, {}, [`\uFEFF${json}`])).body).toBe(hello);
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { hello: 'hello' } } });
  });
});

describe('the response', () => {
  it.each([
    ['Application/Json', 'application/json'],
    ['APPLICATION/GRAPHQL-RESPONSE+JSON;Charset=utf8', graphqlResponse],
    ['application/json;q=0.5, application/graphql-response+json', graphqlResponse],
    ['application/graphql-response+json;q=0.2, application/json;q=0.3', 'application/json'],
    ['application/graphql-response+json, application/json', graphqlResponse],
    ['application/json;q=0, */*', graphqlResponse],
    ['*/*;q=0.1', 'application/json'],
    ['*/*;q=0.1, application/graphql-response+json', graphqlResponse],
    ['*/*, application/json;q=0.5', graphqlResponse],
    ['*/*;q=0, application/*', 'application/json'],
    ['application/*;q=0, */*', 'multipart/mixed'],
    ['text/event-stream, */*', 'application/json'],
    ['text/event-stream, application/json;q=0.5', 'text/event-stream'],
    ['multipart/mixed;deferSpec=20220824, application/json', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
  ])('to %s has the type %s', async (accept, type) => {
    const { url } = await startServer({});

    const { status, headers } = await post(url, { accept });

    expect([status, String(headers['content-type']).split(';')[0]]).toEqual([200, type]);
  });

  it.each(['*/*;q=0', 'application/*;q=0, multipart/*;q=0, text/*;q=0, */*', 'application/json;q=0.000', 'text/html'])(
    'to a mutation that accepts %s has the status 406, and nothing is executed',
    async (accept) => {
      const { url } = await startServer({ work: () => Promise.reject(new Error('it was done all the same')) });

      const { status } = await post(url, { accept }, [JSON.stringify({ query: 'mutation { work }' })]);

      expect(status).toBe(406);
    },
  );

  it.each([
    ['Text/Event-Stream', 200],
    ['text/event-stream;q=0.1, application/json', 200],
    ['text/*', 200],
    ['text/event-stream;q=0, */*', 406],
  ])('to a subscription that accepts %s has the status %i', async (accept, status) => {
    const { url } = await startServer({
      ticks: async function* () {
        yield 'tick';
      },
    });

    expect((await post(url, { accept }, [JSON.stringify({ query: 'subscription { ticks }' })])).status).toBe(status);
  });

  it('to a browser is GraphiQL, unless the client prefers JSON', async () => {
    const sandbox = await startSandbox();
    const { url } = await startGateway(
      sandbox.url,
      {},
      { upstream: { kind: 'sandbox', sandbox: { port: 0, keyId: 'a', secretKey: 'b' } } },
    );
    const typeFor = async (accept: string) =>
      (await keepConnection()(url, { headers: { accept } })).headers['content-type'];

    expect(await typeFor('Text/HTML, */*;q=0.8')).toContain('text/html');
    expect(await typeFor('application/json, text/html;q=0.5')).toContain('application/json');
  });
});

describe('the path', () => {
  it.each(['/graphql/', '/graphql/?x', 'HTTP://gateway/graphql/'])('%s is handled like /graphql', async (path) => {
    const { url } = await startServer({});

    expect(await (await fetch(new URL('/graphql/', url), init(json))).text()).toBe(hello);
    expect(await postTo(url, path)).toBe(200);
  });

  it.each(['/graphql//', '/graphql%2F', '/graphql/x', '/x/graphql/'])('%s is not found', async (path) => {
    const { url } = await startServer({});

    expect(await postTo(url, path)).toBe(404);
  });

  it.each(['/health/', '/ready/', '/metrics/?x'])('%s is served on the admin port', async (path) => {
    const { adminUrl } = await startWatched((await startSandbox()).url);

    expect((await fetch(`${adminUrl}${path}`)).status).toBe(200);
  });
});

describe('a WebSocket of a page', () => {
  const friends = ['capacitor://localhost', 'https://console.example'];

  it.each([
    ['https://gateway.example', 'gateway.example:443', true],
    ['https://gateway.example:443', 'Gateway.Example', true],
    ['http://gateway.example', 'gateway.example:80', true],
    ['https://gateway.example.', 'gateway.example.:443', true],
    ['http://[::1]:4000', '[0:0:0:0:0:0:0:1]:4000', true],
    ['capacitor://localhost', 'gateway.example', true],
    ['HTTPS://Console.Example:443', 'gateway.example', true],
    ['https://gateway.example', 'gateway.example:80', false],
    ['https://gateway.example:4000', 'gateway.example', false],
    ['tauri://gateway.example', 'gateway.example', false],
    ['ionic://localhost', 'gateway.example', false],
    ['null', 'null', false],
  ])('from %s is accepted at the host %s: %s', async (origin, host, isWelcome) => {
    const { url } = await startServer({}, { corsOrigins: friends });
    const opened = RawSocket.open(url, undefined, { origin, host });

    await (isWelcome ? opened : expect(opened).rejects.toThrow('403'));
  });
});

describe('CORS_ORIGINS', () => {
  const originsOf = (text: string) => readConfig({ CORS_ORIGINS: text }, { sandbox: true }).limits.corsOrigins;

  it('accepts origins of apps and the default port of a scheme', () => {
    expect(originsOf('capacitor://localhost, tauri://localhost,HTTPS://A.example:443,http://a.example:8080')).toEqual([
      'capacitor://localhost',
      'tauri://localhost',
      'https://a.example',
      'http://a.example:8080',
    ]);
  });

  it.each([
    '*',
    'https://*.example',
    'https://a.example/path',
    'a.example',
    'null',
    'file://',
    'https://u:p@a.example',
  ])('refuses %s', (text) => {
    expect(() => originsOf(text)).toThrow('CORS_ORIGINS: expected origins');
  });
});

describe('CORS_HEADERS', () => {
  const origin = 'tauri://localhost';

  it('extends the headers that pages of other origins may set', async () => {
    const { limits } = readConfig(
      { CORS_ORIGINS: origin, CORS_HEADERS: 'X-Tenant, apollographql-client-name' },
      { sandbox: true },
    );
    const { url } = await startServer({}, limits);

    const { headers } = await keepConnection()(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-tenant' },
    });

    expect(headers['access-control-allow-origin']).toBe(origin);
    expect(String(headers['access-control-allow-headers']).split(/, */)).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'x-tenant', 'apollographql-client-name']),
    );
  });

  it.each(['*', 'x tenant', 'a,,b', 'x:y'])('refuses %s', (text) => {
    expect(() => readConfig({ CORS_HEADERS: text }, { sandbox: true })).toThrow('CORS_HEADERS: expected names');
  });
});

describe('a file', () => {
  it('with the manifest of persisted operations may begin with a byte order mark', async () => {
    const file = join(await temporaryFolder(), 'manifest.json');
    await writeFile(file, `\uFEFF${JSON.stringify({ a: '{ __typename }' })}`);
    const { url } = await startGateway((await startSandbox()).url, {}, { documents: { file, only: true } });

    const { body } = await post(url, {}, [JSON.stringify({ documentId: 'a' })]);

    expect(body).toBe('{"data":{"__typename":"Query"}}');
  });

  it('with API keys may begin with a byte order mark, also when a key is added to it', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    const { key, entry } = newKey('ann');
    await writeFile(file, `\uFEFF${JSON.stringify({ keys: [entry] })}`);
    const auth = { kind: 'api-key', file } as const;
    const { url } = await startGateway((await startSandbox()).url, {}, { auth });

    const { body } = await post(url, { authorization: `Bearer ${key}` }, [JSON.stringify({ query: '{ __typename }' })]);

    expect(body).toBe('{"data":{"__typename":"Query"}}');
    await expect(addApiKey(file, { name: 'bob', scopes: [] })).resolves.toEqual(expect.any(String));
  });
});

function init(body: string): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body };
}

/** Sends the request target unchanged, which HTTP clients would normalize. */
async function postTo(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method: 'POST', headers: { 'content-type': 'application/json' }, agent: false },
      (response) => resolve(response.resume().statusCode ?? 0),
    );
    closeLater(() => sent.destroy());
    sent.once('error', reject);
    sent.end(json);
  });
}
