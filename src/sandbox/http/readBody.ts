import type { IncomingMessage } from 'node:http';

import { Refusal } from '../Refusal.ts';

/** Far above any sample; the real bound is unknown. */
const mostBytes = 16 * 1_024 * 1_024;

/** The whole body as text. @throws Refusal 413 above 16 MiB; rejects when the client goes away */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Refusal(413, `request body must have at most ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
