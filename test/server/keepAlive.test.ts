import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/readConfig.ts';

import { closeLater } from '../kit/closeLater.ts';
import { keepConnection } from '../kit/keepConnection.ts';
import { startServer } from '../kit/startServer.ts';
import { startWatched } from '../kit/startWatched.ts';
import { startSandbox } from '../kit/startGateway.ts';

describe('an idle connection', () => {
  it('stays open for 75 s, longer than common balancers keep one, on the client port and the admin port', async () => {
    const sandbox = await startSandbox();
    const { url, adminUrl } = await startWatched(sandbox.url);

    for (const each of [new URL('/health', url).href, `${adminUrl}/health`]) {
      expect((await keepConnection()(each)).headers['keep-alive']).toMatch(/^timeout=7[56]$/);
    }
  });

  it('stays open as long as configured', async () => {
    expect(readConfig({ KEEP_ALIVE_SECONDS: '620' }, { sandbox: true }).limits.keepAliveMs).toBe(620_000);
    expect(() => readConfig({ KEEP_ALIVE_SECONDS: '0' }, { sandbox: true })).toThrow('KEEP_ALIVE_SECONDS: expected');
    const { url } = await startServer({}, { keepAliveMs: 620_000 });

    expect((await keepConnection()(new URL('/health', url).href)).headers['keep-alive']).toMatch(/^timeout=62[01]$/);
  });

  it('outlives the request timeout and is closed after the keep-alive time', async () => {
    const { url } = await startServer({}, { keepAliveMs: 400, requestTimeoutMs: 100 });
    const { hostname, port } = new URL(url);
    const client = connect(Number(port), hostname);
    closeLater(() => client.destroy());
    let text = '';
    client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    client.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');

    await once(client, 'end');

    // The response to a late request would be 408.
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200']);
  });
});
