import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { markInexactNumbers } from '../../src/server/markInexactNumbers.ts';
import { closeLater } from '../kit/leftovers.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

async function start(): Promise<string> {
  return (await startGateway((await StubUpstream.start(json(404, {}))).url)).url;
}

describe('marking numbers', () => {
  it.each([
    ['a string of quotes that never ends', `{"v":1.5,"b":"${'\\"'.repeat(1_000_000)}`],
    ['a string of backslashes', `{"v":1.5,"b":"${'\\'.repeat(1_000_001)}`],
    ['a very long string', `{"v":1.5,"b":"${'x'.repeat(20_000_000)}"}`],
  ])('takes one pass over %s', (_what, text) => {
    expect(markInexactNumbers(text).length).toBe(text.length + '{"inexactNumber":""}'.length);
  });

  it.each([
    ['{"a":"1.5","b":1.5}', '{"a":"1.5","b":{"inexactNumber":"1.5"}}'],
    ['{"a\\"1.5":-2e3}', '{"a\\"1.5":{"inexactNumber":"-2e3"}}'],
    ['[12345678901234567890,123]', '[{"inexactNumber":"12345678901234567890"},123]'],
    ['"1.5', '"1.5'],
    ['1.5', '{"inexactNumber":"1.5"}'],
  ])('turns %s into %s', (text, marked) => {
    expect(markInexactNumbers(text)).toBe(marked);
  });
});

describe('a message beyond what an operation may say', () => {
  it('costs its own socket, and nobody else anything', async () => {
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

  it('nested beyond what a parser takes is refused as a document', async () => {
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
