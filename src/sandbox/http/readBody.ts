import type { IncomingMessage } from 'node:http';

import { Refusal } from '../Refusal.ts';

/** Far above any sample; the real bound is unknown. */
const mostBytes = 16 * 1_024 * 1_024;

/** The whole body as text. @throws Refusal 413 above 16 MiB; rejects when the client goes away */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else reject(new Refusal(413, `request body must have at most ${mostBytes} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('aborted', () => reject(new Error('the client went away')));
  });
}
