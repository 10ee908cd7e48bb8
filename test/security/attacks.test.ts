import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import { sweep } from '../kit/accounts.ts';
import { closeLater } from '../kit/leftovers.ts';
import { operate } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startGateway } from '../kit/startGateway.ts';
import { startServer } from '../kit/startServer.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const doors = ['HTTP', 'SSE', 'WebSocket'] as const;

function times(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

const doubling = `${times(40, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`)}
  fragment f40 on Query { __typename }`;
const nestedValue = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

/** Documents that were made to cost more than they are worth, and what they are refused with. */
const floods: [what: string, query: string, code: string, variables?: Record<string, unknown>][] = [
  ['an alias flood', `{ ${times(1_000, (index) => `a${index}: __typename`)} }`, 'ALIAS_LIMIT_EXCEEDED'],
  [
    'an alias flood of mutations',
    `mutation { ${times(100, (index) => `a${index}: deleteJournal(id: "${sweep}") { __typename }`)} }`,
    'ALIAS_LIMIT_EXCEEDED',
  ],
  ['a field flood', `{ ${times(10_000, () => '__typename')} }`, 'FIELD_LIMIT_EXCEEDED'],
  ['a field flood below the limit', `{ ${times(900, () => '__typename')} }`, 'FIELD_LIMIT_EXCEEDED'],
  ['a directive flood', `{ __typename ${times(2_000, () => '@include(if: true)')} }`, 'DIRECTIVE_LIMIT_EXCEEDED'],
  ['a flood of unknown directives', `{ __typename ${times(2_000, () => '@a')} }`, 'DIRECTIVE_LIMIT_EXCEEDED'],
  [
    'a fragment flood',
    `{ __typename } ${times(1_500, (index) => `fragment f${index} on Query { __typename }`)}`,
    'FIELD_LIMIT_EXCEEDED',
  ],
  ['fragments that double', `{ ...f0 } ${doubling}`, 'FIELD_LIMIT_EXCEEDED'],
  [
    'fragments in a circle',
    '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a fragment in itself', '{ ...a } fragment a on Query { ...a }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a deep document', `{ ${times(5_000, () => 'a {')} a ${'}'.repeat(5_000)} }`, 'GRAPHQL_PARSE_FAILED'],
  ['a deep value', `{ nodes(ids: ${nestedValue(5_000)}) { id } }`, 'GRAPHQL_PARSE_FAILED'],
  ['a deep type', `query ($a: ${'['.repeat(5_000)}ID${']'.repeat(5_000)}) { __typename }`, 'GRAPHQL_PARSE_FAILED'],
  ['more tokens than anybody writes', `{ nodes(ids: [${times(25_000, () => '1')}]) { id } }`, 'TOKEN_LIMIT_EXCEEDED'],
  ['a long name', `{ ${'a'.repeat(100_000)} }`, 'GRAPHQL_PARSE_FAILED'],
  [
    'pages of pages',
    '{ journals(first: 500) { nodes { toAccount { journals(first: 500) { nodes { id } } } } } }',
    'COST_LIMIT_EXCEEDED',
  ],
  [
    'a page of pages by variables',
    'query ($n: Int) { journals(first: $n) { nodes { toAccount { journals(first: $n) { nodes { id } } } } } }',
    'COST_LIMIT_EXCEEDED',
    { n: 500 },
  ],
  ['a mutation of no such name', 'mutation { createEverything { id } }', 'GRAPHQL_VALIDATION_FAILED'],
];

async function start() {
  const stub = await StubUpstream.start(json(200, []));
  const { url } = await startGateway(stub.url);
  return { stub, url };
}

describe.each(doors)('over %s', (door) => {
  it.each(floods)('%s is refused by its code, and nothing is sent', async (_what, query, code, variables) => {
    const { stub, url } = await start();

    const { data, errors } = await operate(door, url, null, query, variables);

    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.extensions?.['code']).toBe(code);
    expect(stub.calls).toEqual([]);
    expect((await operate(door, url, null, '{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});

describe('over HTTP', () => {
  const post = (url: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

  it.each<[string, (url: string) => Promise<Response>, number, string]>([
    ['a list of operations', (url) => post(url, JSON.stringify([{ query: '{ __typename }' }])), 400, 'Batching'],
    [
      'a body of 10 MB',
      (url) => post(url, JSON.stringify({ query: '#'.repeat(10_000_000) })),
      413,
      'REQUEST_ENTITY_TOO_LARGE',
    ],
    ['a deep body', (url) => post(url, nestedValue(500_000)), 400, 'BAD_REQUEST'],
    [
      'deep variables',
      (url) => post(url, `{"query":"{ __typename }","variables":{"a":${nestedValue(100_000)}}}`),
      400,
      'BAD_REQUEST',
    ],
    [
      'a body of many values',
      (url) => post(url, `{"query":"{ __typename }","variables":{"a":[${'1,'.repeat(50_000)}1]}}`),
      400,
      'TOKEN_LIMIT_EXCEEDED',
    ],
    [
      'a mutation by GET',
      (url) =>
        fetch(`${url}?query=mutation{deleteJournal(id:"${sweep}"){__typename}}`, {
          headers: { 'graphql-require-preflight': '1' },
        }),
      405,
      'mutation',
    ],
    [
      'a mutation by a form',
      (url) => post(url, 'query=mutation{__typename}', { 'content-type': 'application/x-www-form-urlencoded' }),
      403,
      'PREFLIGHT_REQUIRED',
    ],
  ])('%s is refused, and nothing is sent', async (_what, send, status, word) => {
    const { stub, url } = await start();

    const answer = await send(url);

    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(word);
    expect(stub.calls).toEqual([]);
  });

  it('a body of 10 MB that does not say how long it is is refused as well', async () => {
    const { url } = await start();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    closeLater(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 10_000_000; sent += 65_536) socket.write(chunk);

    const [answer] = (await once(socket, 'data')) as [Buffer];

    expect(answer.toString('latin1')).toContain('HTTP/1.1 413');
  });

  it.each([
    ['a head', 'POST /graphql HTTP/1.1\r\nhost: a\r\n'],
    ['a body', 'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'],
  ])('%s that never ends is answered with 408', async (_what, beginning) => {
    const server = await startServer({}, { requestTimeoutMs: 200 });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    closeLater(() => void socket.destroy());
    socket.write(beginning);

    const [answer] = (await once(socket, 'data')) as [Buffer];

    expect(answer.toString('latin1')).toContain('HTTP/1.1 408');
  });

  it('connections beyond those that there may be are closed, and others go on', async () => {
    const server = await startServer({}, { maxConnections: 2 });
    const port = Number(new URL(server.url).port);
    const open = () => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      closeLater(() => void socket.destroy());
      return socket;
    };
    const kept = [open(), open()];
    await Promise.all(kept.map((socket) => once(socket, 'connect')));

    await once(open(), 'close');
    kept[0]?.write('GET /health HTTP/1.1\r\nhost: a\r\n\r\n');

    expect(String(((await once(kept[0] ?? open(), 'data')) as [Buffer])[0])).toContain('HTTP/1.1 200');
  });
});

describe('over WebSocket', () => {
  it.each<[string, unknown, number]>([
    ['a message of 10 MB', `{"type":"ping","payload":{"a":"${'x'.repeat(10_000_000)}"}}`, 1009],
    ['a deep message', `{"type":"ping","payload":{"a":${nestedValue(100_000)}}}`, 4400],
    ['a message of many values', `{"type":"ping","payload":{"a":[${'1,'.repeat(50_000)}1]}}`, 4400],
    ['a list of messages', [{ type: 'ping' }], 4400],
    ['what is no JSON', '{', 4400],
  ])('%s closes its socket, and no other', async (_what, message, code) => {
    const { url } = await start();
    const [hostile, other] = [await RawSocket.ready(url), await RawSocket.ready(url)];

    hostile.send(message);

    expect((await hostile.closed).code).toBe(code);
    other.subscribe('1', '{ __typename }');
    expect((await other.next()).payload).toEqual({ data: { __typename: 'Query' } });
  });
});
