import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';

/** The cursor after which a subscription continues. */
export interface Position {
  cursor: string;
}

/**
 * Opens the WebSocket of one subscription. It doesn't reconnect by itself, because it would repeat the first cursor.
 * Its pings carry the cursor of a subscription without events.
 */
export function openSocket(url: string, position: Position): Client {
  const socket = createClient({ url: url.replace(/^http/, 'ws'), retryAttempts: 0 });
  socket.on('ping', (isReceived, payload) => {
    if (isReceived && typeof payload?.['cursor'] === 'string') position.cursor = payload['cursor'];
  });
  return socket;
}
