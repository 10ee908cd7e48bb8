import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { Gate } from '../kit/Gate.ts';
import { closeLater } from '../kit/closeLater.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';

// The headings follow those of https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.

const gateway = sharedGateway();

const changed = 'subscription { journalStatusChanged { journalId statusTo } }';

async function createJournal(): Promise<string> {
  const { data } = await ask<{ createJournal: { journal: { id: string } } }>(
    gateway.url,
    `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) {
      ... on CreateJournalSuccess { journal { id } } } }`,
  );
  return data?.createJournal.journal.id ?? '';
}

/** Performs the handshake by hand, because client libraries give up if the server selects no subprotocol. */
async function handshake(protocol: string): Promise<{ answer: IncomingMessage; socket: Duplex }> {
  const upgrade = request(gateway.url, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.from('sixteen letters.').toString('base64'),
      'sec-websocket-protocol': protocol,
    },
  }).end();
  const [answer, socket, head] = (await once(upgrade, 'upgrade')) as [IncomingMessage, Duplex, Buffer];
  closeLater(() => socket.destroy());
  if (head.length > 0) socket.unshift(head);
  return { answer, socket };
}

describe('Communication', () => {
  it('uses graphql-transport-ws, whatever else is offered', async () => {
    const { answer } = await handshake('graphql-ws, graphql-transport-ws');

    expect(answer.headers['sec-websocket-protocol']).toBe('graphql-transport-ws');
  });

  it('closes a socket without a subprotocol with 4406', async () => {
    const socket = await RawSocket.openWithoutProtocol(gateway.url);

    expect(await socket.closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  it('closes a socket with a different subprotocol with 4406', async () => {
    const { answer, socket } = await handshake('graphql-ws');

    const [frame] = (await once(socket, 'data')) as [Buffer];

    expect(answer.headers['sec-websocket-protocol']).toBeUndefined();
    expect(frame[0]).toBe(0x88); // a complete close frame
    expect(frame.readUInt16BE(2)).toBe(4406);
  });

  it('accepts many concurrent operations on one socket and answers each with its id', async () => {
    const socket = await RawSocket.ready(gateway.url);
    const ids = Array.from({ length: 50 }, (_, index) => `operation-${index}`);

    for (const id of ids) socket.subscribe(id, `{ account(id: "${sweep}") { id } name: __typename }`);
    const messages = await socket.take(100);

    for (const id of ids) {
      expect(messages.filter((message) => message.id === id)).toEqual([
        { id, type: 'next', payload: { data: { account: { id: sweep }, name: 'Query' } } },
        { id, type: 'complete' },
      ]);
    }
  });

  it('allows several clients to use the same ids', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => RawSocket.ready(gateway.url)));
    for (const socket of sockets) socket.subscribe('same', changed);
    await Promise.all(sockets.map((socket) => socket.receivedSoFar()));
    const [leaver, ...others] = sockets;
    leaver?.send({ id: 'same', type: 'complete' });
    await leaver?.receivedSoFar();

    const journalId = await createJournal();

    const seen = await Promise.all(others.map((socket) => socket.next()));
    expect(seen).toEqual(
      others.map(() => ({
        id: 'same',
        type: 'next',
        payload: { data: { journalStatusChanged: { journalId, statusTo: 'EXECUTED' } } },
      })),
    );
    expect(await leaver?.receivedSoFar()).toEqual([]);
  });
});

describe('ConnectionInit', () => {
  it.each([
    ['without a payload', {}],
    ['with a payload', { payload: { client: 'test' } }],
    ['with a payload of null', { payload: null }],
  ])('is acknowledged %s', async (_name, rest) => {
    const socket = await RawSocket.open(gateway.url);

    socket.send({ type: 'connection_init', ...rest });

    expect(await socket.next()).toEqual({ type: 'connection_ack' });
  });

  it('that does not arrive within three seconds closes the socket with 4408', async () => {
    const socket = await RawSocket.open(gateway.url);

    expect(await socket.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it('sent twice closes the socket with 4429', async () => {
    const socket = await RawSocket.ready(gateway.url);

    socket.send({ type: 'connection_init' });

    expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
  });
});

describe('Ping and Pong', () => {
  it.each([
    ['without a payload', {}],
    ['with its payload', { payload: { sentAt: 7, nested: { is: 'kept' } } }],
  ])('answers a ping %s', async (_name, rest) => {
    const socket = await RawSocket.ready(gateway.url);

    socket.send({ type: 'ping', ...rest });

    expect(await socket.next()).toEqual({ type: 'pong', ...rest });
  });

  it('answers a ping before the connection is initialised', async () => {
    const socket = await RawSocket.open(gateway.url);

    socket.send({ type: 'ping' });

    expect(await socket.next()).toEqual({ type: 'pong' });
  });

  it('accepts an unsolicited pong', async () => {
    const socket = await RawSocket.ready(gateway.url);

    socket.send({ type: 'pong', payload: { still: 'here' } });

    expect(await socket.receivedSoFar()).toEqual([]);
  });
});

describe('Subscribe', () => {
  it('before the acknowledgement closes the socket with 4401', async () => {
    const socket = await RawSocket.open(gateway.url);

    socket.subscribe('1', '{ __typename }');

    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  it('with the id of an active operation closes the socket with 4409', async () => {
    const socket = await RawSocket.ready(gateway.url);
    socket.subscribe('1', changed);

    socket.subscribe('1', '{ __typename }');

    expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
  });

  it('with the id of a running query closes the socket with 4409', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', '{ work }');
    await gate.reached;

    socket.subscribe('1', '{ hello }');

    expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
    gate.open();
  });

  it('may use an id again once its operation has completed', async () => {
    const socket = await RawSocket.ready(gateway.url);
    socket.subscribe('1', '{ __typename }');
    await socket.take(2);

    socket.subscribe('1', '{ again: __typename }');

    expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: { data: { again: 'Query' } } });
  });

  it('may use an id again as soon as the client has completed its subscription', async () => {
    const socket = await RawSocket.ready(gateway.url);
    socket.subscribe('1', changed);
    await socket.receivedSoFar();

    socket.send({ id: '1', type: 'complete' });
    socket.subscribe('1', '{ __typename }');

    expect(await socket.take(2)).toEqual([
      { id: '1', type: 'next', payload: { data: { __typename: 'Query' } } },
      { id: '1', type: 'complete' },
    ]);
    expect(await socket.receivedSoFar()).toEqual([]);
  });

  it('may use an id again after completing a query that is still running, and gets its own result', async () => {
    const [first, second] = [new Gate(), new Gate()];
    const works = [() => first.pass().then(() => 'too late'), () => second.pass().then(() => 'its own')];
    const server = await startServer({ work: () => works.shift()?.() ?? 'nothing' });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', '{ work }');
    await first.reached;

    socket.send({ id: '1', type: 'complete' });
    socket.subscribe('1', '{ work }');
    await second.reached;
    first.open();
    const said = await socket.receivedSoFar();
    second.open();

    expect(said).toEqual([]);
    expect(await socket.take(2)).toEqual([
      { id: '1', type: 'next', payload: { data: { work: 'its own' } } },
      { id: '1', type: 'complete' },
    ]);
  });
});

describe('Next', () => {
  it('of a query is sent once and followed by complete', async () => {
    const socket = await RawSocket.ready(gateway.url);

    socket.subscribe('1', 'query ($id: ID!) { account(id: $id) { id } }', { id: sweep });

    expect(await socket.take(2)).toEqual([
      { id: '1', type: 'next', payload: { data: { account: { id: sweep } } } },
      { id: '1', type: 'complete' },
    ]);
    expect(await socket.receivedSoFar()).toEqual([]);
  });

  it('of a mutation is sent once and followed by complete', async () => {
    const socket = await RawSocket.ready(gateway.url);

    socket.subscribe('1', 'mutation { deleteJournal(id: "no uuid") { __typename } }');

    expect(await socket.take(2)).toEqual([
      { id: '1', type: 'next', payload: { data: { deleteJournal: { __typename: 'InvalidRequestError' } } } },
      { id: '1', type: 'complete' },
    ]);
  });

  it('of a subscription is sent for every event', async () => {
    const socket = await RawSocket.ready(gateway.url);
    socket.subscribe('1', changed);
    await socket.receivedSoFar();

    const journalId = await createJournal();

    expect(await socket.take(2)).toEqual(
      ['EXECUTED', 'ACTIVITY_CREATED'].map((statusTo) => ({
        id: '1',
        type: 'next',
        payload: { data: { journalStatusChanged: { journalId, statusTo } } },
      })),
    );
  });

  it('contains the errors of a field and the data of the others', async () => {
    const socket = await RawSocket.ready(gateway.url);

    socket.subscribe('1', '{ good: __typename bad: journals(first: 501) { nodes { id } } }');

    const [next, complete] = await socket.take(2);
    expect(next).toMatchObject({
      type: 'next',
      payload: {
        data: { good: 'Query', bad: null },
        errors: [{ path: ['bad'], extensions: { code: 'BAD_USER_INPUT' } }],
      },
    });
    expect(complete).toEqual({ id: '1', type: 'complete' });
  });
});

describe('Error', () => {
  it.each([
    ['a syntax error', '{', undefined, 'GRAPHQL_PARSE_FAILED'],
    ['an empty document', '', undefined, 'GRAPHQL_PARSE_FAILED'],
    ['a validation error', '{ nope }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown operation name', 'query A { __typename }', 'B', 'OPERATION_RESOLUTION_FAILURE'],
  ])(
    'reports %s with its code, without a complete, and the socket stays open',
    async (_name, query, operationName, code) => {
      const socket = await RawSocket.ready(gateway.url);

      socket.send({ id: '1', type: 'subscribe', payload: { query, operationName } });

      const error = await socket.next();
      expect(error).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code } }] });
      expect(JSON.stringify(error)).not.toContain('"http"');
      expect(await socket.receivedSoFar()).toEqual([]);
    },
  );

  it('reports a missing variable without an http extension', async () => {
    const socket = await RawSocket.ready(gateway.url);

    socket.subscribe('1', 'query ($id: ID!) { journal(id: $id) { id } }');

    const answer = await socket.next();
    expect(JSON.stringify(answer)).toContain('BAD_USER_INPUT');
    expect(JSON.stringify(answer)).not.toContain('"http"');
  });

  it('frees the id of its operation', async () => {
    const socket = await RawSocket.ready(gateway.url);
    socket.subscribe('1', '{ nope }');
    await socket.next();

    socket.subscribe('1', '{ __typename }');

    expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
  });

  it('ends a subscription whose source fails, with the code of the failure', async () => {
    const server = await startServer({
      ticks: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the secret reason')) }),
      }),
    });
    const socket = await RawSocket.ready(server.url);

    socket.subscribe('1', 'subscription { ticks }');

    const error = await socket.next();
    expect(error).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'INTERNAL' } }] });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(await socket.receivedSoFar()).toEqual([]);
  });
});

describe('Complete', () => {
  it('from the client ends the source and its messages', async () => {
    const source = new Source();
    const server = await startServer({ ticks: () => source });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', 'subscription { ticks }');
    source.push('first');
    await socket.next();

    socket.send({ id: '1', type: 'complete' });
    await source.left;
    source.push('second');

    expect(await socket.receivedSoFar()).toEqual([]);
  });

  it('from the client while the subscription is being set up ends the source', async () => {
    const source = new Source();
    const gate = new Gate();
    const server = await startServer({ ticks: () => gate.pass().then(() => source) });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', 'subscription { ticks }');
    await gate.reached;

    socket.send({ id: '1', type: 'complete' });
    await socket.receivedSoFar();
    gate.open();

    await source.left;
    expect(await socket.receivedSoFar()).toEqual([]);
  });

  it('from the client suppresses the result of a query and aborts it', async () => {
    const gate = new Gate();
    const { promise: aborted, resolve } = withResolvers();
    const server = await startServer({
      work: async (signal) => {
        signal?.addEventListener('abort', resolve);
        await gate.pass();
        return 'done';
      },
    });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', '{ work }');
    await gate.reached;

    socket.send({ id: '1', type: 'complete' });
    await aborted;
    gate.open();

    expect(await socket.receivedSoFar()).toEqual([]);
  });

  it('of an unknown id is ignored', async () => {
    const socket = await RawSocket.ready(gateway.url);

    socket.send({ id: 'never-seen', type: 'complete' });

    expect(await socket.receivedSoFar()).toEqual([]);
  });

  it('is implied for all subscriptions of a socket when it closes', async () => {
    const sources = [new Source(), new Source()];
    const opened = [...sources];
    const server = await startServer({ ticks: () => opened.shift() ?? new Source() });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', 'subscription { ticks }');
    socket.subscribe('2', 'subscription { ticks }');
    await Promise.all(sources.map(({ read }) => read));

    socket.terminate();

    await Promise.all(sources.map(({ left }) => left));
  });
});

describe('An invalid message', () => {
  it.each([
    ['invalid JSON', '{'],
    ['a string', '"subscribe"'],
    ['null', 'null'],
    ['an array', '[]'],
    ['an object without a type', { id: '1' }],
    ['an unknown type', { type: 'start', id: '1', payload: { query: '{ __typename }' } }],
    ['a type that is not a string', { type: 7 }],
    ['a subscribe without an id', { type: 'subscribe', payload: { query: '{ __typename }' } }],
    ['a subscribe with an empty id', { id: '', type: 'subscribe', payload: { query: '{ __typename }' } }],
    ['a subscribe whose id is not a string', { id: 1, type: 'subscribe', payload: { query: '{ __typename }' } }],
    ['a subscribe without a payload', { id: '1', type: 'subscribe' }],
    ['a subscribe without a query', { id: '1', type: 'subscribe', payload: {} }],
    ['a subscribe whose query is not a string', { id: '1', type: 'subscribe', payload: { query: 7 } }],
    [
      'variables that are not an object',
      { id: '1', type: 'subscribe', payload: { query: '{ __typename }', variables: [] } },
    ],
    [
      'an operation name that is not a string',
      { id: '1', type: 'subscribe', payload: { query: '{ a }', operationName: 1 } },
    ],
    ['extensions that are not an object', { id: '1', type: 'subscribe', payload: { query: '{ a }', extensions: 'x' } }],
    ['a complete without an id', { type: 'complete' }],
    ['a ping whose payload is not an object', { type: 'ping', payload: 'x' }],
  ])('such as %s closes the socket with 4400', async (_name, message) => {
    const socket = await RawSocket.ready(gateway.url);

    socket.send(message);

    expect(await socket.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  it.each([
    ['connection_ack', { type: 'connection_ack' }],
    ['next', { type: 'next', id: '1', payload: { data: {} } }],
    ['error', { type: 'error', id: '1', payload: [{ message: 'x' }] }],
  ])('such as %s, which only a server may send, closes the socket with 4400', async (_name, message) => {
    const socket = await RawSocket.ready(gateway.url);

    socket.send(message);

    expect(await socket.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  it('that violates the WebSocket protocol closes its socket and no other', async () => {
    const other = await RawSocket.ready(gateway.url);
    const { socket } = await handshake('graphql-transport-ws');

    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));

    const [frame] = (await once(socket, 'data')) as [Buffer];
    expect(frame.readUInt16BE(2)).toBe(1002);
    expect(await other.receivedSoFar()).toEqual([]);
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
