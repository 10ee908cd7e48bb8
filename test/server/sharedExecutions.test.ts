import { GraphQLError, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { CancelSignal } from '../../src/concurrency/Cancellation.ts';
import type { Authenticator } from '../../src/auth/Authenticator.ts';
import { anyone, createPrincipal, scopes } from '../../src/auth/principal.ts';
import type { Grant } from '../../src/auth/principal.ts';
import { Session } from '../../src/auth/Session.ts';
import { SubscriptionProgress } from '../../src/events/subscription/SubscriptionProgress.ts';
import { SharedExecution } from '../../src/engine/live/SharedExecution.ts';
import { EventStream } from '../kit/EventStream.ts';
import { Gate } from '../kit/Gate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import type { SocketMessage } from '../kit/RawSocket.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';
import type { Asked, StartServerOptions } from '../kit/startServer.ts';

const updates = 'subscription { updates { text } }';

interface Event {
  text: string;
}

/** Starts a server whose subscribers all receive the same events. Returns it with a list of the executions. */
async function start(
  show: (event: Event, asked: Asked) => Promise<string> | string = ({ text }) => text,
  options: StartServerOptions = {},
) {
  const sources: Source[] = [];
  const executions: string[] = [];
  const server = await startServer(
    {
      updates: () => {
        const source = new Source();
        sources.push(source);
        return source as AsyncIterable<object>;
      },
      show: (event, asked) => {
        executions.push((event as Event).text);
        return show(event as Event, asked);
      },
    },
    options,
  );
  const emit = (text: string) => {
    const event: Event = { text };
    for (const source of sources) source.push(event);
  };
  return { url: server.url, sources, executions, emit };
}

/** Starts a subscription on a new socket. */
async function subscriber(
  url: string,
  { id = '1', query = updates, variables = {}, authorization = '' } = {},
): Promise<RawSocket> {
  const socket = await RawSocket.ready(url, { authorization });
  socket.subscribe(id, query, variables);
  await socket.receivedSoFar();
  return socket;
}

function next(id: string, data: unknown): SocketMessage {
  return { id, type: 'next', payload: { data } };
}

describe('subscribers with the same operation', () => {
  it('get identical results of one execution under their own ids, on both transports', async () => {
    const { url, emit, executions } = await start();
    const sockets = await Promise.all(['a', 'b'].map((id) => subscriber(url, { id })));
    const stream = await EventStream.post(url, updates);

    emit('hello');

    expect(await Promise.all(sockets.map((socket) => socket.next()))).toEqual(
      ['a', 'b'].map((id) => next(id, { updates: { text: 'hello' } })),
    );
    expect(await stream.next()).toEqual({ event: 'next', data: '{"data":{"updates":{"text":"hello"}}}' });
    expect(executions).toEqual(['hello']);
  });

  it('share an execution on one socket, too', async () => {
    const { url, emit, executions } = await start();
    const socket = await subscriber(url, { id: 'a' });
    socket.subscribe('b', updates);
    await socket.receivedSoFar();

    emit('hello');

    expect(await socket.take(2)).toEqual(['a', 'b'].map((id) => next(id, { updates: { text: 'hello' } })));
    expect(executions).toEqual(['hello']);
  });

  it.each([
    ['is formatted differently', 'subscription {\n updates {\n text # a remark\n } }', {}],
    ['selects other events', 'subscription { updates(of: "mine") { text } }', {}],
    [
      'selects other events with a variable',
      'subscription ($of: String) { updates(of: $of) { text } }',
      { of: 'mine' },
    ],
  ])('share an execution if one of them %s', async (_difference, query, variables) => {
    const { url, emit, executions } = await start();
    const sockets = [await subscriber(url), await subscriber(url, { query, variables })];

    emit('hello');

    for (const socket of sockets) expect(await socket.next()).toEqual(next('1', { updates: { text: 'hello' } }));
    expect(executions).toEqual(['hello']);
  });

  it('share an execution if their documents contain other operations, too', async () => {
    const { url, emit, executions } = await start();
    const sockets = await Promise.all(
      ['query Other { hello }', 'query Another { hello }'].map(async (beside) => {
        const socket = await RawSocket.ready(url);
        const payload = { query: `subscription Updates { updates { text } } ${beside}`, operationName: 'Updates' };
        socket.send({ id: '1', type: 'subscribe', payload });
        await socket.receivedSoFar();
        return socket;
      }),
    );

    emit('hello');

    for (const socket of sockets) expect(await socket.next()).toEqual(next('1', { updates: { text: 'hello' } }));
    expect(executions).toEqual(['hello']);
  });

  it('get the events in order, even if a later one is executed first', async () => {
    const gates = new Map([['slow', new Gate()]]);
    const { url, emit, executions } = await start(async ({ text }) => {
      await gates.get(text)?.pass();
      return text;
    });
    const socket = await subscriber(url);

    emit('slow');
    emit('quick');
    await expect.poll(() => executions).toEqual(['slow', 'quick']);
    gates.get('slow')?.open();

    expect(await socket.take(2)).toEqual(['slow', 'quick'].map((text) => next('1', { updates: { text } })));
  });

  it.each([
    ['short', 'x'],
    ['longer than a short frame', 'x'.repeat(1_000)],
    ['longer than a long frame', 'x'.repeat(70_000)],
    ['not ASCII', 'Ünïcödé ☃ 𝄞 "\\ \u2028'],
  ])('get a text that is %s unchanged', async (_kind, text) => {
    const { url, emit } = await start();
    const [socket, stream] = [await subscriber(url, { id: 'ключ"☃' }), await EventStream.post(url, updates)];

    emit(text);

    expect(await socket.next()).toEqual(next('ключ"☃', { updates: { text } }));
    expect(JSON.parse((await stream.next())?.data ?? '')).toEqual({ data: { updates: { text } } });
  });
});

describe('an execution', () => {
  const withVariable = 'subscription ($as: String) { updates { text(as: $as) } }';

  it.each([
    [
      'selects another field',
      'subscription { updates { text __typename } }',
      {},
      { text: 'hello', __typename: 'Update' },
    ],
    ['uses another alias', 'subscription { updates { other: text } }', {}, { other: 'hello' }],
    ['has another literal', 'subscription { updates { text(as: "!") } }', {}, { text: 'hello!' }],
    ['has another value of a variable', withVariable, { as: '?' }, { text: 'hello?' }],
    ['has null for a variable', withVariable, { as: null }, { text: 'hello' }],
    ['skips a field', 'subscription ($no: Boolean!) { updates { text @skip(if: $no) } }', { no: true }, {}],
  ])('is not shared with an operation that %s', async (_difference, query, variables, shown) => {
    const { url, emit } = await start(({ text }, { as }) => text + (as ?? ''));
    const sockets = [
      await subscriber(url),
      await subscriber(url, { query: withVariable, variables: { as: '.' } }),
      await subscriber(url, { query, variables }),
    ];

    emit('hello');

    const seen = await Promise.all(sockets.map((socket) => socket.next()));
    expect(seen).toEqual([{ text: 'hello' }, { text: 'hello.' }, shown].map((updates) => next('1', { updates })));
  });

  it('is not shared by an omitted variable, regardless of its name', async () => {
    const { url, emit } = await start(({ text }, { as }) => text + (as ?? ''));
    const socket = await subscriber(url, {
      query: 'subscription ($constructor: String = "!") { updates { text(as: $constructor) } }',
    });

    emit('hello');

    expect(await socket.next()).toEqual(next('1', { updates: { text: 'hello!' } }));
  });

  const all: Grant = { name: 'all', scopes, accounts: null, fromAccounts: null };
  const sessions = [
    all,
    { ...all, name: 'all as well' },
    { ...all, name: 'fewer scopes', scopes: ['journals:read'] as const },
    { ...all, name: 'one account', accounts: ['a'] },
    { ...all, name: 'another account', accounts: ['b'] },
  ].map((grant) => new Session({ principal: createPrincipal(grant) }));
  const authenticator: Authenticator = {
    authenticate: (number) => Promise.resolve(sessions[Number(number)] ?? new Session({ principal: anyone })),
    close: () => Promise.resolve(),
  };

  it('is not shared by principals with different rights: each sees what it may', async () => {
    const { url, emit, executions } = await start((_event, { principal }) => principal.rights, { authenticator });
    const sockets = await Promise.all(sessions.map((_, number) => subscriber(url, { authorization: String(number) })));

    emit('hello');

    expect(await Promise.all(sockets.map((socket) => socket.next()))).toEqual(
      sessions.map(({ principal }) => next('1', { updates: { text: principal.rights } })),
    );
    // Two of them have the same rights.
    expect(executions).toHaveLength(sessions.length - 1);
  });
});

describe('a subscriber', () => {
  it('is ended by an error of its own source, which is masked and does not affect others', async () => {
    const { url, emit, sources } = await start();
    const [failing, other] = [await subscriber(url), await subscriber(url)];
    const [stream, otherStream] = [await EventStream.post(url, updates), await EventStream.post(url, updates)];

    for (const source of [sources[0], sources[2]]) source?.fail(new Error('the secret reason'));
    for (const source of [sources[0], sources[2]]) await source?.left;
    emit('hello');

    const error = await failing.next();
    expect(error).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'INTERNAL' } }] });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(await failing.receivedSoFar()).toEqual([]);
    const [last, complete] = await stream.rest();
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(complete).toEqual({ event: 'complete', data: '' });
    expect(await other.next()).toEqual(next('1', { updates: { text: 'hello' } }));
    expect((await otherStream.next())?.data).toContain('hello');
  });

  it('is completed after its last event when its own source ends, which does not affect others', async () => {
    const { url, emit, sources } = await start();
    const [ending, other] = [await subscriber(url), await subscriber(url)];

    emit('last');
    await sources[0]?.return();
    emit('more');

    expect(await ending.take(2)).toEqual([next('1', { updates: { text: 'last' } }), { id: '1', type: 'complete' }]);
    expect(await ending.receivedSoFar()).toEqual([]);
    expect(await other.take(2)).toHaveLength(2);
  });

  it('can leave without affecting others', async () => {
    const { url, emit, sources } = await start();
    const [leaver, stayer] = [await subscriber(url), await subscriber(url)];
    const [aborted, stream] = [await EventStream.post(url, updates), await EventStream.post(url, updates)];

    leaver.send({ id: '1', type: 'complete' });
    aborted.abort();
    for (const source of [sources[0], sources[2]]) await source?.left;
    emit('hello');

    expect(await stayer.next()).toEqual(next('1', { updates: { text: 'hello' } }));
    expect((await stream.next())?.data).toContain('hello');
    expect(await leaver.receivedSoFar()).toEqual([]);
  });

  it('aborts the reads of an execution when it was the last to leave', async () => {
    const [gate, aborted] = [new Gate(), new Gate()];
    const { url, emit } = await start(async ({ text }, { signal }) => {
      signal?.addEventListener('abort', () => aborted.open());
      await gate.pass();
      return text;
    });
    const [one, other] = [await subscriber(url), await subscriber(url)];
    emit('hello');
    await gate.reached;

    one.terminate();
    await one.closed;
    other.send({ id: '1', type: 'complete' });

    await aborted.opened;
    gate.open();
    expect(await other.receivedSoFar()).toEqual([]);
  });
});

describe('an execution that takes longer than results are cached', () => {
  afterEach(() => vi.useRealTimers());

  it('is aborted with its last subscriber', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const text = { type: GraphQLString, resolve: () => new Promise<string>(() => undefined) };
    const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { text } }) });
    const signals: CancelSignal[] = [];
    const execution = new SharedExecution({
      schema,
      operation: { document: parse('{ text }'), text: '', variableNames: [] },
      variables: {},
      createContext: (signal) => {
        signals.push(signal);
        return {
          session: new Session({ principal: anyone }),
          signal,
          lastEventId: null,
          progress: new SubscriptionProgress(),
        };
      },
      maskError: () => new GraphQLError('masked'),
      onAbandoned: () => undefined,
    });
    const leave = execution.join();
    void execution.messageOf({});

    vi.advanceTimersByTime(5_000);
    leave();

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('an error of a field', () => {
  it('is sent to all subscribers with its path, and masked once', async () => {
    const { url, emit, executions } = await start(({ text }) => {
      if (text === 'bad') throw new Error('the secret reason');
      return text;
    });
    const sockets = await Promise.all([subscriber(url), subscriber(url)]);

    emit('bad');
    emit('good');

    const seen = await Promise.all(sockets.map((socket) => socket.take(2)));
    expect(seen[0]?.[0]).toMatchObject({
      type: 'next',
      payload: {
        data: { updates: { text: null } },
        errors: [{ path: ['updates', 'text'], extensions: { code: 'INTERNAL' } }],
      },
    });
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]?.[1]).toEqual(next('1', { updates: { text: 'good' } }));
    expect(executions).toEqual(['bad', 'good']);
  });
});
