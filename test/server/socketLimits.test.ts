import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';

import type { PositionedEvent } from '../../src/events/cursor/PositionedEvent.ts';
import { startStatusEvents } from '../events/kit/startStatusEvents.ts';
import { ask } from '../kit/ask.ts';
import { EventStream } from '../kit/EventStream.ts';
import { Gate } from '../kit/Gate.ts';
import { closeLater } from '../kit/closeLater.ts';
import { keepConnection } from '../kit/keepConnection.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import type { SocketMessage } from '../kit/RawSocket.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';
import { statusEventLine } from '../kit/statusEventLine.ts';
import { quietStream } from '../kit/StubUpstream.ts';

const ticks = 'subscription { ticks }';
const updates = 'subscription { updates { text } }';

describe('a WebSocket that is never initialised', () => {
  it('is closed with 4408 after the configured time', async () => {
    const [short, long] = await Promise.all(
      [100, 3_600_000].map((initTimeoutMs) => startServer({}, { initTimeoutMs })),
    );
    const [cut, kept] = await Promise.all([RawSocket.open(short?.url ?? ''), RawSocket.open(long?.url ?? '')]);

    const first = await Promise.race([cut.closed, kept.closed.then(() => 'the other one')]);

    expect(first).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });
});

describe('a message above the configured size', () => {
  it('closes its socket with 1009 and has no effect on others', async () => {
    const server = await startServer({}, { maxRequestBytes: 2_000 });
    const socket = await RawSocket.ready(server.url);

    socket.subscribe('1', `{ hello } # ${'x'.repeat(2_000)}`);

    expect((await socket.closed).code).toBe(1009);
    expect(await ask(server.url, '{ hello }')).toMatchObject({ data: { hello: 'hello' } });
  });

  it('is refused with 413 over HTTP', async () => {
    const server = await startServer({}, { maxRequestBytes: 2_000 });

    const { errors } = await ask(server.url, `{ hello } # ${'x'.repeat(2_000)}`);

    expect(errors?.[0]?.extensions?.['code']).toBe('REQUEST_ENTITY_TOO_LARGE');
  });

  it.each(['application/json', 'application/graphql', 'application/x-www-form-urlencoded'])(
    'is refused with 413 if it is %s in chunks, and the connection serves the next request',
    async (type) => {
      const { url } = await startServer({}, { maxRequestBytes: 2_000 });
      const send = keepConnection();
      const headers = { 'content-type': type, 'graphql-require-preflight': '1' };

      const { status } = await send(url, {
        method: 'POST',
        headers,
        body: new Array<string>(200).fill('x'.repeat(2_000)),
      });
      const next = await send(new URL('/health', url).href);

      expect([status, next.status, next.isReused]).toEqual([413, 200, true]);
    },
  );
});

describe('the number of operations on a WebSocket', () => {
  it('is limited: a further operation is refused until another has ended', async () => {
    const server = await startServer({ ticks: () => new Source() }, { maxOperations: 2 });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', ticks);
    socket.subscribe('2', ticks);

    socket.subscribe('3', '{ hello }');
    expect(await socket.next()).toMatchObject({
      id: '3',
      type: 'error',
      payload: [
        { message: expect.stringContaining('2 operations') as string, extensions: { code: 'TOO_MANY_OPERATIONS' } },
      ],
    });
    socket.send({ id: '1', type: 'complete' });
    socket.subscribe('3', '{ hello }');

    expect(await socket.take(2)).toEqual([
      { id: '3', type: 'next', payload: { data: { hello: 'hello' } } },
      { id: '3', type: 'complete' },
    ]);
  });

  it('is counted for each WebSocket', async () => {
    const server = await startServer({ ticks: () => new Source() }, { maxOperations: 1 });
    const [one, other] = [await RawSocket.ready(server.url), await RawSocket.ready(server.url)];
    one.subscribe('1', ticks);

    other.subscribe('1', '{ hello }');

    expect(await other.next()).toMatchObject({ type: 'next' });
  });
});

describe('the number of sockets of the process', () => {
  async function refusalOf(url: string): Promise<{ status: number | undefined; retryAfter: string | undefined }> {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('error', () => undefined);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    answer.destroy();
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] };
  }

  it('is limited, counting WebSockets and event streams together but not other requests', async () => {
    const server = await startServer({ ticks: () => new Source() }, { maxSockets: 2 });
    await RawSocket.ready(server.url);
    await EventStream.post(server.url, ticks);

    const stream = await EventStream.post(server.url, ticks);

    expect(stream.response.status).toBe(503);
    expect(stream.response.headers.get('retry-after')).toBe('5');
    expect((await stream.next())?.data).toContain('"code":"TOO_MANY_SOCKETS"');
    expect(await refusalOf(server.url)).toEqual({ status: 503, retryAfter: '5' });
    expect(await ask(server.url, '{ hello }')).toEqual({ data: { hello: 'hello' } });
  });

  it('allows another socket when one has closed', async () => {
    const source = new Source();
    const server = await startServer({ ticks: () => source }, { maxSockets: 1 });
    const stream = await EventStream.post(server.url, ticks);
    stream.abort();
    await source.left;
    const [socket] = [await RawSocket.ready(server.url)];
    socket.close();
    await socket.closed;

    const other = await EventStream.post(server.url, ticks);

    expect(other.response.status).toBe(200);
  });
});

describe('an idle client', () => {
  it('is pinged on a WebSocket', async () => {
    const server = await startServer({}, { pingMs: 100 });
    const socket = await RawSocket.ready(server.url);

    await socket.pinged();
    await socket.pinged();

    expect(await socket.receivedSoFar()).toEqual([]);
  });

  it('is not disconnected for a pong that was not read because the gateway was blocked', async () => {
    const pingMs = 100;
    const server = await startServer({}, { pingMs });
    const socket = await RawSocket.ready(server.url);

    await socket.pinged();
    const standsUntil = performance.now() + 2 * pingMs;
    while (performance.now() < standsUntil) continue;

    expect(await Promise.race([socket.pinged().then(() => 'pinged again'), socket.closed])).toBe('pinged again');
  });

  it.each([ticks, updates])('gets comments on an event stream with the query %s', async (query) => {
    const server = await startServer(
      { ticks: () => new Source(), updates: () => new Source() as AsyncIterable<object> },
      { pingMs: 100 },
    );
    const { body } = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    const reader = body?.getReader();
    closeLater(() => reader?.cancel());

    let text = '';
    while (text.length < 9) text += new TextDecoder().decode((await reader?.read())?.value);

    expect(text).toBe(':\n\n:\n\n:\n\n');
  });

  it('does not count as stalled', async () => {
    const server = await startServer({ ticks: () => new Source() }, { pingMs: 100, stallTimeoutMs: 100 });
    const [socket, stream] = [await RawSocket.ready(server.url), await EventStream.post(server.url, ticks)];
    const outcome = stream.next().then(
      () => 'ended',
      () => 'cut',
    );

    for (let pings = 0; pings < 4; pings += 1) await socket.pinged();

    expect(await socket.receivedSoFar()).toEqual([]);
    expect(await Promise.race([outcome, Promise.resolve('open')])).toBe('open');
  });
});

/** Sent `floods` times, this text is more than the buffers of both sides hold. */
const flood = 'x'.repeat(200_000);
const floods = 200;

describe('a client that reads nothing', () => {
  /** Opens an event stream that is never read. Returns its socket. */
  async function stalledStream(url: string, query: string): Promise<Socket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    closeLater(() => socket.destroy());
    const body = JSON.stringify({ query });
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: gateway\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.pause();
    return socket;
  }

  it.each(['ticks', 'updates'] as const)(
    'is disconnected from the field %s, on a WebSocket and on an event stream',
    async (field) => {
      const sources: Source[] = [];
      const begun = new Gate();
      const open = () => {
        const source = new Source();
        if (sources.push(source) === 2) begun.open();
        return source as AsyncIterable<object>;
      };
      const server = await startServer({ ticks: open, updates: open, show: () => flood }, { stallTimeoutMs: 200 });
      const socket = await RawSocket.ready(server.url);
      const query = field === 'ticks' ? ticks : updates;
      socket.subscribe('1', query);
      socket.stall();
      await stalledStream(server.url, query);
      await begun.opened;

      for (const source of sources)
        for (let count = 0; count < floods; count += 1) source.push(field === 'ticks' ? flood : {});

      await Promise.all(sources.map(({ left }) => left));
      // It can still read what was sent before.
      socket.resume();
      expect((await socket.closed).code).toBe(1006);
    },
  );

  it('is disconnected even if it sends messages', async () => {
    const source = new Source();
    const server = await startServer({ ticks: () => source }, { stallTimeoutMs: 200 });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', ticks);
    await source.read;
    socket.stall();
    const talking = setInterval(() => socket.send({ type: 'ping' }), 20);
    closeLater(() => clearInterval(talking));

    for (let count = 0; count < floods; count += 1) source.push(flood);

    await source.left;
  });
});

describe('a subscriber that has fallen behind the memory of the gateway', () => {
  const count = 150;
  const lines = Array.from({ length: count }, (_, index) =>
    statusEventLine(new Date(Date.now() - 60_000 + index).toISOString(), `event-${index}`),
  );

  /** Subscribes, reads nothing while another subscriber receives all events, and reads again after this time. */
  async function stallFor(stalledMs: number, query: string) {
    const feeds: ServerResponse[] = [];
    const statusEvents = await startStatusEvents(
      (request, response) => {
        quietStream(request, response);
        if (request.url.includes('until')) response.end(lines.join(''));
        else feeds.push(response);
      },
      { window: { max: 20 } },
    );
    const server = await startServer({
      updates: (_of, { progress }) =>
        progress.follow(
          statusEvents.subscribe(
            () => true,
            null,
            () => progress.isTaking,
          ),
        ),
      show: (positioned) => `${(positioned as PositionedEvent).cursor}:${flood}`,
    });
    const [slow, other] = [await RawSocket.ready(server.url), await RawSocket.ready(server.url)];
    for (const socket of [slow, other]) {
      socket.subscribe('1', query);
      await socket.receivedSoFar();
    }
    const now = performance.now.bind(performance);
    const stalledAt = now();
    // The stall takes as long as the test says, however long it takes to send the events.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(stalledAt);
    slow.stall();
    for (const line of lines) {
      feeds[0]?.write(line);
      await other.next();
    }
    const advance = stalledAt + stalledMs - now();
    clock.mockImplementation(() => now() + advance);
    slow.resume();
    return slow;
  }

  function cursorOf({ payload }: SocketMessage): string {
    const { data } = payload as { data: { updates: { text: string } } };
    return data.updates.text.split(':')[0] ?? '';
  }

  afterEach(() => vi.restoreAllMocks());

  it.each([updates, 'subscription { ...f } fragment f on Subscription { updates { text } }'])(
    'gets all events of %s if it reads what it is sent',
    async (query) => {
      const slow = await stallFor(1_000, query);

      const cursors = new Set<string>();
      for (let taken = 0; taken < count; taken += 1) cursors.add(cursorOf(await slow.next()));

      expect(cursors.size).toBe(count);
      expect(await slow.receivedSoFar()).toEqual([]);
    },
    30_000,
  );

  it.each([updates, 'subscription { ...f } fragment f on Subscription { updates { text } }'])(
    'gets SLOW_CONSUMER with its last cursor of %s if it has read nothing for ten seconds',
    async (query) => {
      const slow = await stallFor(15_000, query);

      let last = '';
      let message = await slow.next();
      for (; message.type === 'next' && !isError(message); message = await slow.next()) last = cursorOf(message);

      expect(last).not.toBe('');
      expect(JSON.stringify(message.payload)).toContain(`"code":"SLOW_CONSUMER","cursor":"${last}"`);
      expect((await slow.receivedSoFar()).filter(({ type }) => type !== 'complete')).toEqual([]);
    },
    30_000,
  );

  function isError({ payload }: SocketMessage): boolean {
    return (payload as { errors?: unknown }).errors !== undefined;
  }
});
