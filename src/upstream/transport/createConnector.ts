import { buildConnector } from 'undici';
import type { Socket } from 'node:net';

/** How long a connection may take to be there, in ms. */
const timeout = 5_000;

/** An interim head of so many bytes is none that a server has a reason for: then it goes to undici as it is. */
const maxInterimBytes = 16_384;

/**
 * Connects as undici does, and takes interim answers (1xx) out of what comes: a server may send those that nobody asked
 * for, and a client has to pass over them (RFC 9110, 15.2). At a `100 Continue` undici ends the connection instead, and with
 * it the answer to a request that is under way.
 */
export function createConnector(): buildConnector.connector {
  const connect = buildConnector({ timeout });
  return (target, callback) => {
    connect(target, (...connected) => {
      if (connected[1]) passOverInterim(connected[1]);
      callback(...connected);
    });
  };
}

function passOverInterim(socket: Socket): void {
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  // undici writes a request when the answer before it is over, so what comes next is a head: in a body nothing is sought.
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
      const rest = withoutInterim(bytes);
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

/** The bytes behind every whole interim head that they begin with; null while one has begun and not ended. */
function withoutInterim(bytes: Buffer): Buffer | null {
  let rest = bytes;
  while (mayBeginInterim(rest)) {
    const at = rest.indexOf(end);
    if (at === -1) return null;
    rest = rest.subarray(at + end.length);
  }
  return rest;
}

/** A 101 is an answer: the connection is something else behind it. */
function mayBeginInterim(bytes: Buffer): boolean {
  const line = bytes.toString('latin1', 0, 12);
  return line !== '' && line.startsWith(start.slice(0, line.length)) && !line.startsWith('HTTP/1.1 101');
}
