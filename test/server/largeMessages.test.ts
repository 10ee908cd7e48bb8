import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { closeLater } from '../kit/closeLater.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

async function start(): Promise<string> {
  return (await startGateway((await StubUpstream.start(json(404, {}))).url)).url;
}

describe('a large message', () => {
  it('closes its own WebSocket and has no effect on others', async () => {
    const url = await start();
    const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    closeLater(() => socket.terminate());
    await new Promise((resolve) => socket.once('open', resolve));

    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send(`{"v":1.5,"b":"${'x'.repeat(9_000_000)}"}`);

    expect(await closed).toBe(1009);
    expect((await fetch(new URL('/health', url))).status).toBe(200);
  });

  it('is refused with 413 over HTTP', async () => {
    const url = await start();

    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }', variables: { b: 'x'.repeat(5_000_000) } }),
    });

    expect(answer.status).toBe(413);
  });

  it('is refused as a document if it is nested too deeply for the parser', async () => {
    const url = await start();

    const query = `{ ${'a{'.repeat(20_000)}${'}'.repeat(20_000)} }`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });

    expect(await answer.text()).toContain('GRAPHQL_PARSE_FAILED');
  });
});
