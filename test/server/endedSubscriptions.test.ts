import { describe, expect, it } from 'vitest';

import { StatusHub } from '../../src/events/feed/StatusHub.ts';
import type { StatusSubscription } from '../../src/events/feed/StatusSubscription.ts';
import { EventStream } from '../kit/EventStream.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startServer } from '../kit/startServer.ts';

const ticks = 'subscription { ticks }';

/** Ways to open subscriptions and to leave them as soon as they have started. */
const ways: [string, (url: string, count: number) => Promise<void>][] = [
  [
    'a complete message on a socket that stays open',
    async (url, count) => {
      const socket = await RawSocket.ready(url);
      for (let id = 0; id < count; id += 1) socket.subscribe(String(id), ticks);
      await socket.receivedSoFar();
      for (let id = 0; id < count; id += 1) socket.send({ id: String(id), type: 'complete' });
    },
  ],
  [
    'the close of a socket',
    async (url, count) => {
      const socket = await RawSocket.ready(url);
      for (let id = 0; id < count; id += 1) socket.subscribe(String(id), ticks);
      await socket.receivedSoFar();
      socket.close();
    },
  ],
  [
    'the loss of a connection',
    async (url, count) => {
      const socket = await RawSocket.ready(url);
      for (let id = 0; id < count; id += 1) socket.subscribe(String(id), ticks);
      await socket.receivedSoFar();
      socket.terminate();
    },
  ],
  [
    'the abort of event streams',
    async (url, count) => {
      const streams = await Promise.all(Array.from({ length: count }, () => EventStream.post(url, ticks)));
      for (const stream of streams) stream.abort();
    },
  ],
];

describe('subscriptions that are ended', () => {
  it.each(ways)('by %s leave no subscriber in the hub', async (_name, subscribeAndLeave) => {
    const hub = new StatusHub();
    const subscriptions: StatusSubscription[] = [];
    const server = await startServer({
      ticks: () => {
        const subscription = hub.subscribe(() => true);
        subscriptions.push(subscription);
        return subscription;
      },
    });

    await subscribeAndLeave(server.url, 50);

    // A subscription is done only when the hub has removed it, since there are no events.
    const results = await Promise.all(subscriptions.map((subscription) => subscription.next()));
    expect(results).toEqual(Array.from({ length: 50 }, () => ({ done: true, value: undefined })));
  });
});
