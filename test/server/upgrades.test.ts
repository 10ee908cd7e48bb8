import { describe, expect, it } from 'vitest';

import { keepConnection } from '../kit/keepConnection.ts';
import type { RawRequest } from '../kit/keepConnection.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { startServer } from '../kit/startServer.ts';

const query = '{ hello }';
const hello = '{"data":{"hello":"hello"}}';

/** The upgrades that the JDK's HttpClient, `curl --http2` and others offer. */
const offers: [name: string, headers: Record<string, string>][] = [
  ['h2c', { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }],
  ['TLS/1.0', { connection: 'Upgrade', upgrade: 'TLS/1.0' }],
  ['unknown protocols', { connection: 'upgrade', upgrade: 'foo/2, bar' }],
];

function posted(headers: Record<string, string>, pieces: number): RawRequest {
  const body = JSON.stringify({ query });
  const size = Math.ceil(body.length / pieces);
  const parts = Array.from({ length: pieces }, (_, index) => body.slice(index * size, (index + 1) * size));
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: parts };
}

describe.each(offers)('an upgrade to %s', (_name, headers) => {
  it('is ignored, and a GET and POSTs are answered on one connection', async () => {
    const { url } = await startServer({});
    const send = keepConnection();

    const got = await send(`${url}?query=${encodeURIComponent(query)}`, {
      headers: { 'graphql-require-preflight': '1', ...headers },
    });
    const chunked = await send(url, posted(headers, 3));
    const sized = await send(url, posted({ ...headers, 'content-length': '21' }, 2));
    const plain = await send(url, posted({}, 1));

    const answers = [got, chunked, sized, plain];
    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [200, hello]));
    expect(answers.map(({ isReused }) => isReused)).toEqual([false, true, true, true]);
  });

  it('is ignored on the admin port and by the sandbox', async () => {
    const sandbox = await startSandbox();
    const gateway = await startGateway(sandbox.url, {}, { admin: { host: '127.0.0.1', port: 0 } });

    for (const url of [`${gateway.adminUrl}/health`, `${sandbox.url}/sandbox/health`]) {
      const send = keepConnection();
      const answers = [await send(url, { headers }), await send(url, { headers })];
      expect(answers.map(({ isReused }) => isReused)).toEqual([false, true]);
      expect(answers.map(({ status }) => status)).not.toContain(101);
    }
  });
});

describe('an upgrade to WebSocket', () => {
  const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };
  const upgrade = { connection: 'Upgrade', 'sec-websocket-protocol': 'graphql-transport-ws', ...key };

  it.each(['websocket', 'WebSocket', 'h2c, websocket', 'websocket, h2c'])(
    'is accepted with the header %s',
    async (offer) => {
      const { url } = await startServer({});

      await expect(keepConnection()(url, { headers: { ...upgrade, upgrade: offer } })).rejects.toThrow('was upgraded');
    },
  );

  it.each(['POST', 'PUT'])('is ignored for %s, which opens no WebSocket', async (method) => {
    const { url } = await startServer({});

    const { status } = await keepConnection()(url, { ...posted({ ...upgrade, upgrade: 'websocket' }, 1), method });

    expect(status).toBe(method === 'POST' ? 200 : 405);
  });

  it.each(['/graphql/', '/graphql/?token=1'])('is accepted at %s', async (path) => {
    const { url } = await startServer({});

    const opened = keepConnection()(new URL(path, url).href, { headers: { ...upgrade, upgrade: 'websocket' } });

    await expect(opened).rejects.toThrow('was upgraded');
  });
});
