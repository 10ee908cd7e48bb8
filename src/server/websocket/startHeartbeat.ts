import type { WebSocket } from 'ws';

import type { FeedNews } from './SocketOperations.ts';

export interface ProbeOptions {
  intervalMs: number;
  /** What a client that is there should hear besides, if anything; asked when all that came before has been taken. */
  news: () => FeedNews | null;
}

/**
 * Pings the client, and cuts a socket whose client has not answered by the next ping: it is gone or takes nothing more.
 *
 * @returns to be called when the socket has closed
 */
export function startHeartbeat(socket: WebSocket, { intervalMs, news }: ProbeOptions): () => void {
  let isAnswered = true;
  socket.on('pong', () => (isAnswered = true));
  const ask = () => {
    // What isn't read is no answer that is missing: whether it takes anything is looked at elsewhere (`StalledSockets`).
    if (socket.isPaused) return;
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    const payload = news();
    if (payload) socket.send(JSON.stringify({ type: 'ping', payload }));
    socket.ping();
  };
  let asking: NodeJS.Immediate | undefined;
  // Behind what has come by now: where this process stood still itself, the answers wait to be read.
  const timer = setInterval(() => (asking = setImmediate(ask)), intervalMs);
  return () => {
    clearInterval(timer);
    clearImmediate(asking);
  };
}
