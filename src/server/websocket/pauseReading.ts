import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

/** With more unsent bytes than this, nothing is read from the client. */
const maxBacklog = 262_144;

/**
 * Stops reading from a client that does not read what it is sent. Otherwise unsent pongs and responses to its messages
 * would fill the memory. Results of subscriptions have their own backpressure, in `BackpressureQueue`.
 *
 * @param stream of the socket
 */
export function pauseReading(socket: WebSocket, stream: Duplex): void {
  const check = () => {
    if (stream.writableLength > maxBacklog) socket.pause();
  };
  socket.on('message', check);
  socket.on('ping', check);
  stream.on('drain', () => socket.resume());
}
