import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { Refusal } from '../api/Refusal.ts';
import { refusalAnswer } from '../api/Answer.ts';

const refusals: Readonly<Record<string, [status: number, reason: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'request header fields too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'request timeout'],
};

/**
 * Responds to bytes that aren't a valid request and closes the connection, since nothing after them can be read.
 * If the newest response on the connection is still being sent, the connection is destroyed instead.
 */
export function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  newestResponse: ServerResponse | undefined,
  headers: () => Readonly<Record<string, string>>,
): void {
  const isMidResponse = newestResponse?.headersSent === true && !newestResponse.writableFinished;
  if (!socket.writable || error.code === 'ECONNRESET' || isMidResponse) {
    socket.destroy();
    return;
  }
  const [status, reason, message] = refusals[error.code ?? ''] ?? [400, 'Bad Request', 'bad request: not HTTP'];
  const { body = '' } = refusalAnswer(new Refusal(status, message));
  const lines = Object.entries({
    ...headers(),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
