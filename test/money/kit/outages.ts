import { createServer } from 'node:net';
import type { Socket } from 'node:net';

import { closeLater } from '../../kit/closeLater.ts';

/** A failing server that takes the place of the sandbox while the sandbox is closed. */
export interface Outage {
  /** The times of the requests that it received, except event streams and probes, by `performance.now()`. */
  readonly attempts: number[];
  /** Frees the port. */
  end: () => void;
}

/** The ways in which a host can fail. Each function starts a server that fails in this way on a given port. */
export const outages: Record<string, (port: number) => Promise<Outage>> = {
  'hangs up on every request': (port) => listen(port, (socket) => socket.destroy()),
  'accepts every request and never responds': (port) => listen(port, () => undefined),
};

async function listen(port: number, onRequest: (socket: Socket) => void): Promise<Outage> {
  const attempts: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (bytes: Buffer) => {
      if (!bytes.includes('/events/') && !bytes.includes('limit=1 ')) attempts.push(performance.now());
      onRequest(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  // Open connections stay open when the host is back, since a network does not report that a connection is dead.
  closeLater(() => {
    for (const socket of sockets) socket.destroy();
  });
  return {
    attempts,
    end: () => void server.close(),
  };
}
