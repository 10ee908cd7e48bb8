import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

/** Unsent bytes above which the client is not read from. */
const maxBacklog = 262_144;

/**
 * Stops reading from a client that does not read: each of its pings is answered, and unsent answers would fill the
 * memory.
 *
 * @param stream of the socket
 */
export function pauseWhenBacklogged(socket: WebSocket, stream: Duplex): void {
  const check = () => {
    if (stream.writableLength > maxBacklog) socket.pause();
  };
  socket.on('message', check);
  socket.on('ping', check);
  stream.on('drain', () => socket.resume());
}
