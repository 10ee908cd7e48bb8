import type { WebSocket } from 'ws';

const probeIntervalMs = 12_000; // half of what proxies commonly allow to be silent

/**
 * Pings the client, and cuts a socket whose client has not answered by the next ping: it is gone or takes nothing more.
 *
 * @returns to be called when the socket has closed
 */
export function probe(socket: WebSocket): () => void {
  let isAnswered = true;
  socket.on('pong', () => (isAnswered = true));
  const timer = setInterval(() => {
    if (isAnswered) socket.ping();
    else socket.terminate();
    isAnswered = false;
  }, probeIntervalMs);
  return () => clearInterval(timer);
}
