import type { WebSocket } from 'ws';

import type { FeedPosition } from './SocketOperations.ts';

/**
 * Pings the client at an interval and terminates the socket if the previous ping was not answered.
 *
 * @param takePosition returns the feed's position to send with a heartbeat; null if there is nothing new
 * @returns a function to call when the socket has closed
 */
export function startHeartbeat(
  socket: WebSocket,
  intervalMs: number,
  takePosition: () => FeedPosition | null,
): () => void {
  let isAnswered = true;
  socket.on('pong', () => (isAnswered = true));
  const ping = () => {
    // A paused socket can't read pongs; `StalledSockets` watches it.
    if (socket.isPaused) return;
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    const payload = takePosition();
    if (payload) socket.send(JSON.stringify({ type: 'ping', payload }));
    socket.ping();
  };
  let scheduled: NodeJS.Immediate | undefined;
  // `setImmediate` reads pending input first: if this process was blocked, a pong may have arrived unread.
  const timer = setInterval(() => (scheduled = setImmediate(ping)), intervalMs);
  return () => {
    clearInterval(timer);
    clearImmediate(scheduled);
  };
}
