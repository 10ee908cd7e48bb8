import type { Socket } from 'node:net';

import { buildConnector } from 'undici';

/** How long establishing a connection may take, in ms. */
const timeout = 5_000;

/**
 * The size up to which interim heads are removed. Longer ones have no legitimate use and are passed to undici
 * unchanged.
 */
const maxInterimBytes = 16_384;

/**
 * Returns a connector that connects as undici does, and removes interim responses (1xx) from what is received. A server
 * may send them unasked and a client must ignore them (RFC 9110, 15.2), but undici closes the connection at a `100
 * Continue`, and the response to the current request is lost.
 */
export function createConnector(): buildConnector.connector {
  const connect = buildConnector({ timeout });
  return (target, callback) => {
    connect(target, (...connected) => {
      if (connected[1]) removeInterim(connected[1]);
      callback(...connected);
    });
  };
}

function removeInterim(socket: Socket): void {
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  // undici writes a request when the previous response is complete, so the next bytes are a head. Bodies are not
  // searched.
  let mayBeInterim = false;
  let held: Buffer = Buffer.alloc(0);
  socket.write = (...given: unknown[]) => {
    mayBeInterim = true;
    return write(...given);
  };
  socket.read = (size?: number): Buffer | null => {
    for (;;) {
      const chunk = read(size);
      if (chunk === null || !mayBeInterim) return chunk;
      const bytes: Buffer = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const rest = skipInterim(bytes);
      held = rest ?? bytes;
      if (rest?.length === 0 || (rest === null && bytes.length < maxInterimBytes)) continue;
      mayBeInterim = false;
      held = Buffer.alloc(0);
      return rest ?? bytes;
    }
  };
}

const start = 'HTTP/1.1 1';
const end = '\r\n\r\n';

/** Returns the bytes after all complete interim heads at the beginning; null while a head is incomplete. */
function skipInterim(bytes: Buffer): Buffer | null {
  let rest = bytes;
  while (mayBeginInterim(rest)) {
    const at = rest.indexOf(end);
    if (at === -1) return null;
    rest = rest.subarray(at + end.length);
  }
  return rest;
}

/** Whether the bytes may begin with an interim head. A 101 is final: the connection changes its protocol after it. */
function mayBeginInterim(bytes: Buffer): boolean {
  const line = bytes.toString('latin1', 0, 12);
  return line !== '' && line.startsWith(start.slice(0, line.length)) && !line.startsWith('HTTP/1.1 101');
}
