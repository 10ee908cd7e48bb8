import { createServer } from 'node:net';
import type { Socket } from 'node:net';

import { closeLater } from '../../kit/leftovers.ts';

/** What stands in the sandbox's place while it is gone. */
export interface Absence {
  /** When it was asked for something, event streams and probes left out, by `performance.now()`. */
  readonly attempts: number[];
  /** Frees the port. */
  end: () => void;
}

/** The ways in which a host can be gone, each at the port that it is told. */
export const absences: Record<string, (port: number) => Promise<Absence>> = {
  'hangs up on every request': (port) => listen(port, (socket) => socket.destroy()),
  'takes every request and says nothing': (port) => listen(port, () => undefined),
};

async function listen(port: number, onRequest: (socket: Socket) => void): Promise<Absence> {
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
  // Who waits for an answer is left waiting when the host is back: no network says that a connection is dead.
  closeLater(() => {
    for (const socket of sockets) socket.destroy();
  });
  return {
    attempts,
    end: () => void server.close(),
  };
}
