import { describe, expect, it } from 'vitest';

import { createJournals } from '../kit/createJournals.ts';
import { EventStream } from '../kit/EventStream.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import type { SocketMessage } from '../kit/RawSocket.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';

import { cursorOf } from './kit/cursors.ts';

interface Changed {
  data: { journalStatusChanged: { id: string; cursor: string } };
}

const changed = `subscription ($after: String, $filter: JournalStatusEventFilter) {
  journalStatusChanged(after: $after, filter: $filter) { id cursor }
}`;
/** A filter that no event matches. */
const nothing = { entryType: 'JNLS' };

async function start() {
  const sandbox = await startSandbox({ settleDelayMs: 0 });
  const open = () => startGateway(sandbox.url, {}, { limits: { pingMs: 200 } });
  return { url: (await open()).url, restarted: async () => (await open()).url };
}

function openStream(url: string, variables: Record<string, unknown>, lastEventId?: string): Promise<EventStream> {
  const parameters = new URLSearchParams({ query: changed, variables: JSON.stringify(variables) });
  const headers = {
    'graphql-require-preflight': 'yes',
    accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  return EventStream.open(`${url}?${parameters.toString()}`, { headers });
}

async function take(stream: EventStream, count: number) {
  const taken: { id: string | undefined; event: Changed['data']['journalStatusChanged'] }[] = [];
  while (taken.length < count) {
    const message = await stream.next();
    if (!message) throw new Error('the stream has ended');
    taken.push({ id: message.id, event: (JSON.parse(message.data) as Changed).data.journalStatusChanged });
  }
  return taken;
}

async function nextPing(socket: RawSocket): Promise<SocketMessage> {
  for (;;) {
    const message = await socket.next();
    if (message.type === 'ping') return message;
  }
}

describe('an event over server-sent events', () => {
  it('carries its cursor as its id', async () => {
    const { url } = await start();
    const stream = await openStream(url, {});

    await createJournals(url, 1);

    for (const { id, event } of await take(stream, 3)) expect(id).toBe(event.cursor);
  });
});

describe('Last-Event-ID', () => {
  it('works like after, and takes precedence', async () => {
    const { url, restarted } = await start();
    const stream = await openStream(url, {});
    await createJournals(url, 2);
    const [first, second, ...others] = await take(stream, 6);

    for (const address of [url, await restarted()]) {
      const resumed = await openStream(address, { after: first?.event.cursor }, second?.id);
      const rest = await take(resumed, 4);
      expect(rest.map(({ event }) => event.id)).toEqual(others.map(({ event }) => event.id));
    }
  });

  it('is refused when it is not a cursor', async () => {
    const { url } = await start();

    const [message] = await (await openStream(url, {}, 'nonsense')).rest();

    expect(message?.data).toContain('Last-Event-ID is not a cursor of a status event');
    expect(message?.data).toContain('BAD_USER_INPUT');
  });
});

describe('an idle subscriber', () => {
  it('receives the cursor of the feed as an id without data over server-sent events', async () => {
    const { url, restarted } = await start();
    const stream = await openStream(url, { filter: nothing });
    await createJournals(url, 2);
    const cursor = await cursorOf(url);

    await stream.untilId(cursor);

    const resumed = await openStream(await restarted(), {}, cursor);
    const live = await openStream(url, {});
    await createJournals(url, 1);
    const ids = async (from: EventStream) => (await take(from, 3)).map(({ event }) => event.id);
    expect(await ids(resumed)).toEqual(await ids(live));
  });

  it('receives the cursor of the feed in the payload of a ping over WebSocket', async () => {
    const { url } = await start();
    const socket = await RawSocket.ready(url);
    socket.subscribe('1', changed, { filter: nothing });
    socket.subscribe('2', changed, { filter: { statusTo: [] } });
    await socket.receivedSoFar();
    await createJournals(url, 2);
    const cursor = await cursorOf(url);

    let lastPing = { cursor: '', ids: [''] };
    while (lastPing.cursor !== cursor) lastPing = (await nextPing(socket)).payload as typeof lastPing;
    expect(lastPing.ids).toEqual(['1', '2']);
  });

  it('receives no cursor twice over WebSocket', async () => {
    const { url } = await start();
    const socket = await RawSocket.ready(url);
    const after = await cursorOf(url);
    socket.subscribe('1', changed, { after, filter: nothing });
    await nextPing(socket);

    // Later subscribers get their cursors at other times; by then this one would have received a second ping.
    for (let other = 0; other < 3; other += 1) {
      const later = await RawSocket.ready(url);
      later.subscribe('1', changed, { filter: nothing });
      await nextPing(later);
    }

    expect((await socket.receivedSoFar()).filter(({ type }) => type === 'ping')).toEqual([]);
  });
});
