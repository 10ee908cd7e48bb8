import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { closeLater } from '../kit/closeLater.ts';
import { doors, operate } from '../kit/operate.ts';
import type { Outcome } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

/** Starts a gateway in front of an API that records its calls, with a principal that may only read journals. */
async function start() {
  const upstream = await StubUpstream.start(json(200, []));
  const { url, credentials } = await startWithKeys(upstream.url, { reader: { scopes: ['journals:read'] } });
  const authorization = credentials.reader;
  return { url, authorization, upstream };
}

type Gateway = Awaited<ReturnType<typeof start>>;

/** Expects that nothing has reached the API and that the gateway still works. */
async function expectUnharmed({ url, authorization, upstream }: Gateway): Promise<void> {
  expect(upstream.calls).toEqual([]);
  const { data } = await operate('HTTP', url, authorization, '{ journals(first: 1) { nodes { id } } }');
  expect(data).toEqual({ journals: { nodes: [] } });
}

/** Returns the code of the refusal, or the close code of the socket. */
function refusalOf({ data, errors, closed }: Outcome): unknown {
  expect(data ?? null).toBeNull();
  return closed ? closed.code : errors?.[0]?.extensions?.['code'];
}

function times(count: number, piece: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => piece(index)).join(' ');
}

/** Returns text inside a number of pairs of brackets. */
function within(depth: number, open: string, text: string, close: string): string {
  return `${open.repeat(depth)}${text}${close.repeat(depth)}`;
}

const create = 'mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }';
const byStatus = 'query ($status: [JournalStatus!]) { journals(filter: { status: $status }) { nodes { id } } }';
const cash = { fromAccount: sweep, toAccount: sweep, amount: '1' };

const documents: [what: string, code: string, query: string][] = [
  ['an alias flood', 'ALIAS_LIMIT_EXCEEDED', `{ ${times(51, (i) => `a${i}: __typename`)} }`],
  ['a flood of directives', 'DIRECTIVE_LIMIT_EXCEEDED', `{ __typename ${times(51, () => '@skip(if: false)')} }`],
  ['directives on variables', 'DIRECTIVE_LIMIT_EXCEEDED', `query ($a: Int ${times(51, () => '@a')}) { __typename }`],
  ['directives on fragments', 'DIRECTIVE_LIMIT_EXCEEDED', `{ ... ${times(51, () => '@a')} { __typename } }`],
  ['a field flood', 'FIELD_LIMIT_EXCEEDED', `{ ${times(1_001, () => '__typename')} }`],
  ['fields of one name', 'FIELD_LIMIT_EXCEEDED', `{ ${times(317, (i) => `__typename(a: ${i})`)} }`],
  [
    'fields of one name that each contain a field of one name',
    'FIELD_LIMIT_EXCEEDED',
    `{ ${times(240, (i) => `journals(first: ${i}) { nodes { id } }`)} }`,
  ],
  ['a flood of spreads', 'FIELD_LIMIT_EXCEEDED', `{ ${times(317, () => '...a')} } fragment a on Query { __typename }`],
  [
    'fragments that double each other',
    'FIELD_LIMIT_EXCEEDED',
    `{ ...f0 } ${times(60, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f60 on Query { a }`,
  ],
  [
    'fragments that double each other and are never spread',
    'FIELD_LIMIT_EXCEEDED',
    `{ __typename } ${times(60, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)}`,
  ],
  [
    'cyclic fragments',
    'GRAPHQL_VALIDATION_FAILED',
    '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  ],
  [
    'many cycles of fragments',
    'FIELD_LIMIT_EXCEEDED',
    `{ ...f0 } ${times(25, (i) => `fragment f${i} on Query { ${times(25, (j) => `...f${j}`)} }`)}`,
  ],
  ['deep selections', 'DEPTH_LIMIT_EXCEEDED', `{ ${within(20, 'a { ', 'a', ' }')} }`],
  [
    'deep selections in fragments',
    'DEPTH_LIMIT_EXCEEDED',
    `{ ...f0 } ${times(20, (i) => `fragment f${i} on Query { a { ...f${i + 1} } }`)} fragment f20 on Query { a }`,
  ],
  ['selections that would overflow the stack', 'GRAPHQL_PARSE_FAILED', within(5_000, '{ a ', 'a', ' }')],
  ['deep inline fragments', 'GRAPHQL_PARSE_FAILED', `{ ${within(200, '... { ', 'a', ' }')} }`],
  ['deep lists', 'GRAPHQL_PARSE_FAILED', `{ nodes(ids: ${within(5_000, '[', '', ']')}) { id } }`],
  ['deep objects', 'GRAPHQL_PARSE_FAILED', `{ nodes(ids: ${within(201, '{ a: ', '1', ' }')}) { id } }`],
  ['deep types', 'GRAPHQL_PARSE_FAILED', `query ($a: ${within(5_000, '[', 'Int', ']')}) { __typename }`],
  ['a flood of tokens', 'TOKEN_LIMIT_EXCEEDED', `{ nodes(ids: [${times(20_000, () => '1')}]) { id } }`],
  ['a flood of variables', 'TOKEN_LIMIT_EXCEEDED', `query (${times(5_000, (i) => `$a${i}: Int`)}) { __typename }`],
  ['a flood of lines', 'TOKEN_LIMIT_EXCEEDED', `{ a b c ${'\n'.repeat(20_000)} }`],
  ['a flood of lines in a comment', 'TOKEN_LIMIT_EXCEEDED', `${'#\r'.repeat(20_000)}?`],
  ['a name of a million characters', 'GRAPHQL_PARSE_FAILED', `query ${'x'.repeat(1_000_000)} { a(b: [$c $d]) }`],
  ['a flood of operations', 'OPERATION_RESOLUTION_FAILURE', times(300, (i) => `query q${i} { __typename }`)],
  [
    'pages of pages',
    'COST_LIMIT_EXCEEDED',
    '{ journals(first: 500) { nodes { toAccount { journals(first: 500) { nodes { id } } } } } }',
  ],
  ['a flood of calls', 'COST_LIMIT_EXCEEDED', `{ nodes(ids: [${times(1_001, () => `"${sweep}"`)}]) { id } }`],
  ['introspection', 'FORBIDDEN', getIntrospectionQuery()],
  ['introspection under another name', 'FORBIDDEN', '{ a: __type(name: "Query") { name } }'],
  [
    'introspection in fragments',
    'FORBIDDEN',
    '{ ...a } fragment a on Query { ... { ...b } } fragment b on Query { b: __schema { queryType { name } } }',
  ],
  ['introspection in a mutation', 'FORBIDDEN', 'mutation { __schema { queryType { name } } }'],
  ['introspection that is skipped', 'FORBIDDEN', '{ __typename __schema @skip(if: true) { queryType { name } } }'],
];

const variables: [what: string, refusals: { http: string; socket: unknown }, query: string, variables: object][] = [
  [
    'a list of too many values',
    { http: 'TOKEN_LIMIT_EXCEEDED', socket: 4400 },
    byStatus,
    { status: Array<string>(20_001).fill('PENDINX') },
  ],
  [
    'too many inexact numbers',
    { http: 'TOKEN_LIMIT_EXCEEDED', socket: 4400 },
    byStatus,
    { status: Array<number>(20_001).fill(1.5) },
  ],
  [
    'too many unknown fields',
    { http: 'TOKEN_LIMIT_EXCEEDED', socket: 4400 },
    create,
    { input: Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`a${i}`, i])) },
  ],
  [
    'deep values',
    { http: 'BAD_REQUEST', socket: 4400 },
    byStatus,
    { status: JSON.parse(within(500, '[', '', ']')) as unknown },
  ],
  [
    'deep values of an undeclared variable',
    { http: 'BAD_REQUEST', socket: 4400 },
    '{ __typename }',
    { a: JSON.parse(within(500, '{"a":', '1', '}')) as unknown },
  ],
  [
    'mistakes next to a long value',
    { http: 'BAD_USER_INPUT', socket: 'BAD_USER_INPUT' },
    create,
    {
      input: {
        jnlc: {
          ...cash,
          description: 'x'.repeat(3_000_000),
          ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a${i}`, i])),
        },
      },
    },
  ],
  [
    'ten thousand mistakes',
    { http: 'BAD_USER_INPUT', socket: 'BAD_USER_INPUT' },
    byStatus,
    { status: Array<string>(10_000).fill('PENDINX') },
  ],
];

/**
 * The maximum length of the refusals over all four doors together, in characters, however large the request is and
 * however many errors it has. Twice this for variables.
 */
const longestRefusal = 20_000;

describe('the gateway, over HTTP, event streams and WebSocket,', () => {
  it.each(documents)('refuses %s with %s', async (_what, code, query) => {
    const gateway = await start();

    const outcomes = await Promise.all(doors.map((door) => operate(door, gateway.url, gateway.authorization, query)));

    expect(outcomes.map(refusalOf)).toEqual(doors.map(() => code));
    expect(JSON.stringify(outcomes).length).toBeLessThan(longestRefusal);
    await expectUnharmed(gateway);
  });

  it.each(variables)('refuses %s with %j', async (_what, { http, socket }, query, values) => {
    const gateway = await start();

    const outcomes = await Promise.all(
      doors.map((door) => operate(door, gateway.url, gateway.authorization, query, values as Record<string, unknown>)),
    );

    expect(outcomes.map(refusalOf)).toEqual([http, http, socket, socket]);
    expect(JSON.stringify(outcomes).length).toBeLessThan(longestRefusal * 2);
    await expectUnharmed(gateway);
  });

  it.each<[what: string, query: string, values?: Record<string, unknown>]>([
    ['a misspelt field', '{ journalz { nodes { id } } }'],
    ['a misspelt argument', '{ journals(firts: 1) { nodes { id } } }'],
    ['a misspelt type', '{ nodes(ids: []) { ... on JNLD { id } } }'],
    ['a misspelt directive', '{ __typename @skp(if: true) }'],
    ['a misspelt fragment', '{ ...journalz } fragment journals on Query { __typename }'],
    ['a misspelt enum value', '{ journals(filter: { status: [PENDINX] }) { nodes { id } } }'],
    ['a misspelt input field', '{ journals(filter: { statuz: [PENDING] }) { nodes { id } } }'],
    ['a string in place of an enum value', '{ journals(filter: { status: ["PENDING"] }) { nodes { id } } }'],
    ['a misspelt enum value in a variable', byStatus, { status: ['PENDINX'] }],
    ['a misspelt input field in a variable', create, { input: { jnlc: { ...cash, amounts: 1 } } }],
    [
      'a long string that contains the words',
      `{ journals(first: "${'Did you mean '.repeat(30_000)}") { nodes { id } } }`,
    ],
  ])('suggests no similar name for %s', async (_what, query, values: Record<string, unknown> = {}) => {
    const gateway = await start();

    const outcomes = await Promise.all(
      doors.map((door) => operate(door, gateway.url, gateway.authorization, query, values)),
    );

    for (const { errors = [] } of outcomes) {
      expect(errors).not.toEqual([]);
      for (const { message } of errors) {
        expect(message.replace(/"Did you mean .*/, '')).not.toMatch(/did you mean/i);
        expect(message.length).toBeLessThan(2_000);
      }
    }
    await expectUnharmed(gateway);
  });
});

describe('the gateway, over HTTP,', () => {
  const query = '{ journals(first: 1) { nodes { id } } }';
  const mutation = `mutation { deleteJournal(id: "${sweep}") { __typename } }`;
  const preflight = { 'graphql-require-preflight': '1' };
  const tenMegabytes = JSON.stringify({ query: `${query} #${'x'.repeat(10_485_760)}` });

  interface Sent {
    method?: string;
    search?: string;
    headers?: Record<string, string>;
    body?: RequestInit['body'];
  }

  it.each<[what: string, status: number, code: string | null, sent: Sent]>([
    ['an array of operations', 400, 'BAD_REQUEST', { body: JSON.stringify([{ query }, { query }]) }],
    ['an empty array', 400, 'BAD_REQUEST', { body: '[]' }],
    ['a mutation by GET', 405, null, { method: 'GET', search: mutation, headers: preflight }],
    ['a query by GET from any page', 403, 'PREFLIGHT_REQUIRED', { method: 'GET', search: query }],
    ['a form', 403, 'PREFLIGHT_REQUIRED', { body: new URLSearchParams({ query: mutation }) }],
    ['a text', 415, null, { body: JSON.stringify({ query }), headers: { 'content-type': 'text/plain' } }],
    ['a file', 415, null, { body: multipart(query) }],
    [
      'a form with too many fields',
      400,
      'BAD_REQUEST',
      { headers: preflight, body: new URLSearchParams(`query=${query}${'&variables={}'.repeat(100)}`) },
    ],
    [
      'a long form',
      400,
      'BAD_REQUEST',
      { headers: preflight, body: new URLSearchParams({ query: `${query}${' '.repeat(300_000)}` }) },
    ],
    [
      'a form with too many values',
      400,
      'TOKEN_LIMIT_EXCEEDED',
      { headers: preflight, body: new URLSearchParams({ query, variables: `[${'1,'.repeat(20_001)}1]` }) },
    ],
    [
      'a body that would overflow the stack',
      400,
      'BAD_REQUEST',
      { body: `{"query":${JSON.stringify(query)},"extensions":${within(50_000, '{"a":', '1', '}')}}` },
    ],
    ['another method', 405, null, { method: 'PUT', body: JSON.stringify({ query }) }],
    ['ten megabytes', 413, 'REQUEST_ENTITY_TOO_LARGE', { body: tenMegabytes }],
    ['ten megabytes in chunks', 413, 'REQUEST_ENTITY_TOO_LARGE', { body: chunks(tenMegabytes) }],
    ['a compressed body', 415, null, { body: '\x1f\x8b', headers: { 'content-encoding': 'gzip' } }],
  ])('refuses %s with %i and %s', async (_what, status, code, { method = 'POST', search, headers, body = null }) => {
    const gateway = await start();
    const target = new URL(gateway.url);
    if (search !== undefined) target.searchParams.set('query', search);

    const answer = await fetch(target, {
      method,
      headers: {
        authorization: gateway.authorization,
        accept: 'application/graphql-response+json',
        ...(typeof body === 'string' || body instanceof ReadableStream ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body,
      duplex: 'half',
    } as RequestInit);

    const text = await answer.text();
    expect(answer.status, text).toBe(status);
    expect(code === null ? null : codeIn(text)).toBe(code);
    await expectUnharmed(gateway);
  });

  it.each([
    ['a head that never ends', 'POST /graphql HTTP/1.1\r\nhost: gateway\r\nx-one: '],
    [
      'a body that never ends',
      'POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query":"',
    ],
    [
      'a chunked body that never ends',
      'POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n',
    ],
  ])('responds to %s with 408, although its bytes keep arriving', async (_what, text) => {
    const server = await startServer({}, { requestTimeoutMs: 200 });
    const client = dial(server.url);
    client.write(text);
    const dripping = setInterval(() => client.write('1'), 20);
    closeLater(() => clearInterval(dripping));

    expect(await allOf(client)).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.running.count).toBe(0);
    expect(await ask(server.url, '{ hello }')).toEqual({ data: { hello: 'hello' } });
  });

  it('refuses a head of 20 KB with 431', async () => {
    const server = await startServer({});
    const client = dial(server.url);
    client.write(`GET /graphql HTTP/1.1\r\nhost: gateway\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);

    expect(await allOf(client)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('the gateway, over WebSocket,', () => {
  const init = { type: 'connection_init' };
  const ten = 'x'.repeat(10_485_760);

  it.each<[what: string, code: number, say: (socket: RawSocket) => void]>([
    [
      'ten megabytes in a message',
      1009,
      (socket) => socket.send({ id: '1', type: 'subscribe', payload: { query: ten } }),
    ],
    ['ten megabytes before anything else', 1009, (socket) => socket.send(ten)],
    ['invalid JSON', 4400, (socket) => socket.send('{')],
    ['an array of messages', 4400, (socket) => socket.send([init, init])],
    [
      'a payload with too many values',
      4400,
      (socket) => socket.send({ type: 'ping', payload: { a: Array(20_001).fill(1) } }),
    ],
    [
      'a payload that would overflow the stack',
      4400,
      (socket) => socket.send(`{"type":"ping","payload":${within(50_000, '{"a":', '1', '}')}}`),
    ],
    ['a second connection_init', 4429, (socket) => socket.send(init)],
    [
      'the same id twice',
      4409,
      (socket) => {
        socket.subscribe('1', 'subscription { ticks }');
        socket.subscribe('1', 'subscription { ticks }');
      },
    ],
    ['a message that only servers send', 4400, (socket) => socket.send({ type: 'connection_ack' })],
  ])('refuses %s by closing the socket with %i', async (_what, code, say) => {
    const server = await startServer({ ticks: () => new Source() });
    const socket = await RawSocket.ready(server.url);

    say(socket);

    expect((await socket.closed).code).toBe(code);
    expect(server.running.count).toBe(0);
    expect(await ask(server.url, '{ hello }')).toEqual({ data: { hello: 'hello' } });
  });

  it('refuses operations before connection_init with 4401', async () => {
    const server = await startServer({});
    const socket = await RawSocket.open(server.url);

    socket.subscribe('1', '{ hello }');

    expect((await socket.closed).code).toBe(4401);
  });

  it('refuses a flood of connections beyond MAX_SOCKETS with 503', async () => {
    const server = await startServer({}, { maxSockets: 5 });

    const statuses = await Promise.all(Array.from({ length: 50 }, () => statusOfUpgrade(server.url)));

    expect(statuses.filter((status) => status === 503)).toHaveLength(45);
    expect(await ask(server.url, '{ hello }')).toEqual({ data: { hello: 'hello' } });
  });

  it('refuses each operation of a flood beyond MAX_OPERATIONS_PER_SOCKET', async () => {
    const server = await startServer({ ticks: () => new Source() }, { maxOperations: 10 });
    const socket = await RawSocket.ready(server.url);

    for (let id = 0; id < 500; id += 1) socket.subscribe(String(id), 'subscription { ticks }');

    const refused = await socket.take(490);
    expect(new Set(refused.map(({ payload }) => codeIn(JSON.stringify({ errors: payload }))))).toEqual(
      new Set(['TOO_MANY_OPERATIONS']),
    );
    expect(await ask(server.url, '{ hello }')).toEqual({ data: { hello: 'hello' } });
  });

  it('refuses a subscription with large variables, which would be kept as long as the subscription', async () => {
    const server = await startServer({ ticks: () => new Source() });
    const text = 'x'.repeat(200_000);

    for (const door of ['SSE', 'WebSocket'] as const) {
      const outcome = await operate(door, server.url, null, 'subscription { ticks }', { text });
      expect(refusalOf(outcome)).toBe('REQUEST_ENTITY_TOO_LARGE');
    }
  });

  describe('with a client that sends messages and reads no responses', () => {
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(100_000) } });
    const count = 600;

    it('reads no further and disconnects it like any stalled client', async () => {
      const server = await startServer({}, { stallTimeoutMs: 100 });
      const { socket, stream } = await readySocket(server.url);
      socket.pause();

      for (let said = 0; said < count; said += 1) socket.send(ping);

      // With 60 MB of unsent pongs it would have four minutes.
      await new Promise((resolve) => stream.once('close', resolve));
      expect(await ask(server.url, '{ hello }')).toEqual({ data: { hello: 'hello' } });
    });

    it('sends everything when the client reads', async () => {
      const server = await startServer({});
      const { socket } = await readySocket(server.url);
      socket.pause();

      for (let said = 0; said < count; said += 1) socket.send(ping);
      await ask(server.url, '{ hello }');
      socket.resume();

      for (let heard = 0; heard < count; heard += 1) await once(socket, 'message');
    });
  });
});

function multipart(query: string): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query }));
  form.set('map', '{}');
  return form;
}

/** Returns the text as a stream, which `fetch` sends in chunks without a `content-length`. */
function chunks(text: string): ReadableStream {
  return new Blob([text]).stream();
}

function codeIn(answer: string): unknown {
  const { errors = [] } = JSON.parse(answer) as Outcome;
  return errors[0]?.extensions?.['code'];
}

function dial(url: string): Socket {
  const { hostname, port } = new URL(url);
  const client = connect(Number(port), hostname);
  client.on('error', () => undefined);
  closeLater(() => client.destroy());
  return client;
}

async function allOf(client: Socket): Promise<string> {
  let text = '';
  client.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(client, 'close');
  return text;
}

function openWebSocket(url: string): WebSocket {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  socket.on('error', () => undefined);
  closeLater(() => socket.terminate());
  return socket;
}

async function statusOfUpgrade(url: string): Promise<number | undefined> {
  const socket = openWebSocket(url);
  const [[answer]] = (await Promise.race([
    once(socket, 'upgrade').then((said) => [said]),
    once(socket, 'unexpected-response').then(([, refusal]) => [[refusal as unknown]]),
  ])) as [[IncomingMessage]];
  return answer.statusCode;
}

/** Opens a WebSocket, waits until it is acknowledged, and returns it with its TCP socket. */
async function readySocket(url: string): Promise<{ socket: WebSocket; stream: Socket }> {
  const socket = openWebSocket(url);
  const [[{ socket: stream }]] = (await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])) as [
    [IncomingMessage],
    unknown,
  ];
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return { socket, stream };
}
