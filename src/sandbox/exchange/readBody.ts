import type { IncomingMessage } from 'node:http';

import { Refusal } from '../api/Refusal.ts';

/** Far above any sample. The API's own limit isn't known. */
const maxBytes = 16 * 1_024 * 1_024;

/** Reads the body as text. Returns null if the client disconnects before its end. @throws Refusal 413 above 16 MiB */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    // A destroyed request emits none of the events below.
    if (request.destroyed) resolve(null);
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(new Refusal(413, `request body must have at most ${maxBytes} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
