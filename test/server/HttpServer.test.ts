import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it, vi } from 'vitest';

import { ask } from '../kit/ask.ts';
import { closeLater } from '../kit/closeLater.ts';
import { startServer } from '../kit/startServer.ts';

describe('HttpServer', () => {
  it.each([
    ['a malformed target', 'GET // HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    [
      'an upgrade of a malformed target',
      'GET // HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      404,
    ],
    ['a malformed Host', 'GET /graphql HTTP/1.1\r\nhost: [\r\nconnection: close\r\n\r\n', 400],
    ['text that is not HTTP', 'hello there\r\n\r\n', 400],
    [
      'an upgrade without a key',
      'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      400,
    ],
    [
      'a path that only ends like the health check',
      'GET /else/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      404,
    ],
  ])('responds to %s without a stack trace and keeps serving', async (_name, text, status) => {
    const server = await startServer({});
    const { hostname, port } = new URL(server.url);
    const client = connect(Number(port), hostname);
    closeLater(() => client.destroy());

    client.write(text);
    let answer = '';
    for await (const chunk of client) answer += String(chunk);

    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).not.toMatch(/\n\s+at /);
    expect(await ask(server.url, '{ hello }')).toEqual({ data: { hello: 'hello' } });
  });

  it('closes connections above the limit without an answer, and accepts new ones after one has closed', async () => {
    const server = await startServer({}, { maxConnections: 1 });
    const { hostname, port } = new URL(server.url);
    const open = () => {
      const client = connect(Number(port), hostname);
      closeLater(() => client.destroy());
      client.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
      return client;
    };
    const first = open();
    await once(first, 'data');

    let answer = '';
    for await (const chunk of open()) answer += String(chunk);
    expect(answer).toBe('');

    first.destroy();
    await once(first, 'close');
    await vi.waitFor(() => ask(server.url, '{ hello }'), { timeout: 60_000 });
  });
});
