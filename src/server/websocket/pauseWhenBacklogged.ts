import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

/** Bytes that may wait for a client that goes on talking. */
const maxWaiting = 262_144;

/**
 * Reads from a client no faster than it takes what is said to it: each of its pings is answered, and what it never
 * takes would fill the memory.
 *
 * @param stream what the socket was made of
 */
export function pauseWhenBacklogged(socket: WebSocket, stream: Duplex): void {
  const check = () => {
    if (stream.writableLength > maxWaiting) socket.pause();
  };
  socket.on('message', check);
  socket.on('ping', check);
  stream.on('drain', () => socket.resume());
}
