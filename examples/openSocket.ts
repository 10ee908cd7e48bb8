import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';

/** The cursor after which the next subscription begins. */
export interface Position {
  cursor: string;
}

/**
 * Opens a WebSocket for one subscription. Automatic reconnects are off, because they would repeat the first cursor.
 * While the subscription has no events, its current cursor arrives in pings.
 */
export function openSocket(url: string, position: Position): Client {
  const socket = createClient({ url: url.replace(/^http/, 'ws'), retryAttempts: 0 });
  socket.on('ping', (isReceived, payload) => {
    if (isReceived && typeof payload?.['cursor'] === 'string') position.cursor = payload['cursor'];
  });
  return socket;
}
