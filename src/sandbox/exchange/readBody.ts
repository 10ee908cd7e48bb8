import type { IncomingMessage } from 'node:http';

import { Refusal } from '../domain/Refusal.ts';

/** Far above any sample; the real bound is unknown. */
const mostBytes = 16 * 1_024 * 1_024;

/** The whole body as text; null when the client went away before its end. @throws Refusal 413 above 16 MiB */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    // Its events are over already, none of those below would ever come.
    if (request.destroyed) resolve(null);
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else reject(new Refusal(413, `request body must have at most ${mostBytes} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
