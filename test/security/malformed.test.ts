import { once } from 'node:events';
import { connect } from 'node:net';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { heapUsed } from '../kit/heapUsed.ts';
import { closeLater } from '../kit/leftovers.ts';
import { startWatched } from '../kit/startWatched.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const seed = 20_260_419;

/** What a member of a request may be instead of what it should be. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string(),
  fc.constantFrom('\ud800', '{ __typename', 'mutation', '1e999', '-0', '__proto__', 'constructor', '\u0000'),
  fc.double(),
  fc.bigInt().map(String),
);

const documents = fc.oneof(
  fc.constantFrom(
    '{ __typename }',
    'query A { __typename } query A { __typename }',
    'subscription { journalStatusChanged(after: "nonsense") { id } }',
    'subscription { journalStatusChanged { id } journalStatusChanged2: journalStatusChanged { id } }',
    '{ journals(first: 99999999999) { nodes { id } } }',
    '{ journal(id: "../../etc/passwd") { id } }',
    'mutation { createJournal(input: {}) { __typename } }',
    'query ($a: [[[ID!]!]!]!) { nodes(ids: $a) { id } }',
    'fragment a on Query { ...a }',
    '',
  ),
  // A valid one with a character too many, too few or another.
  fc.tuple(fc.nat(60), fc.nat(3), fc.string({ maxLength: 3 })).map(([at, gone, come]) => {
    const valid = 'query A($a: ID!) { journal(id: $a) { id ... on JNLC { netAmount } } }';
    return valid.slice(0, at) + come + valid.slice(at + gone);
  }),
  fc.string(),
);

const params = fc.record(
  { query: fc.oneof(documents, anything), variables: anything, operationName: anything, extensions: anything },
  { requiredKeys: [] },
);

const bodies = fc.oneof(
  params.map((value) => JSON.stringify(value)),
  documents.map((query) => JSON.stringify({ query })),
  anything.map((value) => JSON.stringify(value)),
  fc.constant('{"query":"{ __typename }","variables":{"__proto__":{"a":1},"constructor":{"prototype":{}}}}'),
  fc.string(),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const mediaTypes = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'application/graphql',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=a',
  'text/plain',
  '',
);
const accepts = fc.constantFrom('*/*', 'text/event-stream', 'application/graphql-response+json', 'a/b', ';;');
const methods = fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'OPTIONS', 'HEAD', 'DELETE');
const paths = fc.oneof(
  fc.constant('/graphql'),
  fc.webQueryParameters().map((query) => `/graphql?${query}`),
  documents.map((query) => `/graphql?query=${encodeURIComponent(wellFormed(query))}`),
  fc.constantFrom('*', '//', '/graphql/', '/%', 'http://[/graphql', '/graphql?query=%ff'),
);

/** `encodeURIComponent` throws at halves of pairs. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

const requests = fc
  .record({
    method: methods,
    path: paths,
    mediaType: mediaTypes,
    accept: accepts,
    body: bodies,
    isProved: fc.boolean(),
  })
  .map(({ method, path, mediaType, accept, body, isProved }) => {
    const bytes = Buffer.from(body, 'utf8');
    const head = [
      `${method} ${path} HTTP/1.1`,
      'host: gateway',
      'connection: close',
      `accept: ${accept}`,
      ...(mediaType === '' ? [] : [`content-type: ${mediaType}`]),
      ...(isProved ? ['graphql-require-preflight: 1'] : []),
      `content-length: ${bytes.length}`,
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
  });

const frames = fc.oneof(
  params.map((payload) => JSON.stringify({ id: '1', type: 'subscribe', payload })),
  fc
    .record({
      id: anything,
      type: fc.constantFrom('subscribe', 'complete', 'ping', 'connection_init', 'next'),
      payload: anything,
    })
    .map((value) => JSON.stringify(value)),
  bodies,
);

async function start() {
  const stub = await StubUpstream.start(json(200, []));
  return startWatched(stub.url);
}

/** The first line of what is answered, and all that came with it before the event stream that it may be goes on. */
async function answerTo(port: number, request: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  closeLater(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(request);
  let answer = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    answer += chunk.toString('utf8');
    if (/content-type: text\/event-stream/i.test(answer)) break;
  }
  socket.destroy();
  return answer;
}

/** How a socket that was let in takes a message: what is said before it is closed, or before an answer to a ping. */
async function said(url: string, message: string): Promise<{ code: number | null; text: string }> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  closeLater(() => socket.terminate());
  await once(socket, 'open');
  let text = '';
  const over = new Promise<number | null>((resolve) => {
    socket.on('message', (data: Buffer) => {
      text += data.toString('utf8');
      if (text.includes('the end')) resolve(null);
    });
    socket.once('close', resolve);
  });
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(message);
  socket.send('{"type":"ping","payload":{"a":"the end"}}');
  const code = await over;
  socket.terminate();
  return { code, text };
}

describe(`a thousand malformed requests and messages (seed ${seed})`, () => {
  it('are refused without a fault, a stack or a trace of them', { timeout: 60_000 }, async () => {
    const { url, lines, metric } = await start();
    const port = Number(new URL(url).port);
    const refuseAll = async (count: number, from: number) => {
      for (const request of fc.sample(requests, { seed: from, numRuns: count / 2 })) {
        const answer = await answerTo(port, request);
        expect(answer, request.toString('latin1')).not.toMatch(/^HTTP\/1\.1 5|Unexpected error|\n\s+at /);
        expect(answer).toMatch(/^HTTP\/1\.1 [2-4]/);
      }
      for (const frame of fc.sample(frames, { seed: from, numRuns: count / 2 })) {
        const { code, text } = await said(url, frame);
        expect(text, frame).not.toMatch(/Unexpected error|\n\s+at /);
        expect([null, 4400, 4429, 4409], frame).toContain(code);
      }
    };
    await refuseAll(200, seed);
    const before = await heapUsed();

    await refuseAll(1_000, seed + 1);

    await expect.poll(() => metric('gateway_running')).toBe(0);
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
    expect((await heapUsed()) - before).toBeLessThan(8 * 1_048_576);
  });
});
