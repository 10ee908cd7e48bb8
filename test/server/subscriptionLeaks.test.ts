import { once } from 'node:events';
import { connect } from 'node:net';
import { queryObjects } from 'node:v8';

import { describe, expect, it } from 'vitest';

import { StatusHub } from '../../src/events/feed/StatusHub.ts';
import { StatusSubscription } from '../../src/events/feed/StatusSubscription.ts';
import { EventStreamBody } from '../../src/server/live/EventStreamBody.ts';
import { LiveDelivery } from '../../src/engine/live/LiveDelivery.ts';
import { SharedExecution } from '../../src/engine/live/SharedExecution.ts';
import { SocketOperation } from '../../src/server/websocket/SocketOperations.ts';
import { heapUsed } from '../kit/heapUsed.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startServer } from '../kit/startServer.ts';
import { statusEvent } from '../kit/statusEvent.ts';

const updates = 'subscription ($as: String) { updates { text(as: $as) } }';

/** The classes of the objects that exist for a subscription. */
const parts = [SharedExecution, LiveDelivery, StatusSubscription, SocketOperation, EventStreamBody];

/** The variation of the heap size between measurements, in bytes. 2,000 subscriptions take several times as much. */
const noise = 2_500_000;

/** Returns the number of timers and sockets of the process. */
function resources(): number {
  return process.getActiveResourcesInfo().length;
}

describe('two thousand subscriptions that come and go', () => {
  it.each(['WebSocket', 'SSE'] as const)(
    'leave no listener, timer or memory behind over %s',
    async (transport) => {
      const hub = new StatusHub();
      const open = new Set<unknown>();
      let allHaveLeft: () => void = () => undefined;
      const server = await startServer({
        updates: () => {
          const subscription = hub.subscribe(() => true);
          open.add(subscription);
          const leave = subscription.return.bind(subscription);
          subscription.return = () => {
            open.delete(subscription);
            if (open.size === 0) allHaveLeft();
            return leave();
          };
          return subscription;
        },
        show: (_event, { as }) => as ?? '',
      });
      const socket = await RawSocket.ready(server.url);
      const stay = () => (transport === 'WebSocket' ? onSocket(socket) : onStreams(server.url));
      const visit = async (count: number) => {
        for (let done = 0; done < count; done += 50) {
          const leave = await stay();
          const left = new Promise<void>((resolve) => (allHaveLeft = resolve));
          hub.publish(statusEvent(`event-${done}`));
          await leave();
          await left;
        }
      };
      await visit(500);
      const [heap, held] = [await heapUsed(), resources()];

      await visit(2_000);

      expect((await heapUsed()) - heap).toBeLessThan(noise);
      expect(resources()).toBeLessThanOrEqual(held);
      expect(parts.map((part) => `${part.name}: ${queryObjects(part, { format: 'count' })}`)).toEqual(
        parts.map(({ name }) => `${name}: 0`),
      );
      expect(server.running.count).toBe(0);
    },
    60_000,
  );
});

let count = 0;

/** Returns variables: in half of the calls the same ones, otherwise unique ones. */
function variables(): { as: string } {
  count += 1;
  return { as: count % 2 ? 'all' : String(count) };
}

async function onSocket(socket: RawSocket): Promise<() => Promise<void>> {
  for (let id = 0; id < 50; id += 1) socket.subscribe(String(id), updates, variables());
  await socket.receivedSoFar();
  return async () => {
    await socket.take(50);
    for (let id = 0; id < 50; id += 1) socket.send({ id: String(id), type: 'complete' });
  };
}

/** Subscribes on bare sockets, because a client library would leave more behind than a leak would. */
async function onStreams(url: string): Promise<() => Promise<void>> {
  const { hostname, port } = new URL(url);
  const sockets = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const body = JSON.stringify({ query: updates, variables: variables() });
      const socket = connect(Number(port), hostname);
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: gateway\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n' +
          `content-length: ${body.length}\r\n\r\n${body}`,
      );
      await once(socket, 'data');
      return socket;
    }),
  );
  const delivered = Promise.all(sockets.map((socket) => once(socket, 'data')));
  return async () => {
    await delivered;
    for (const socket of sockets) socket.destroy();
  };
}
