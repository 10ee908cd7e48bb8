import { appendFileSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';

/**
 * Loaded into a gateway's process before anything else: writes a line for each 429 that the process reads, and for each
 * request that it begins to write after that and before the reset. undici reports both immediately.
 */
const file = process.env.WIRE_RECORD ?? '';
let readAt = 0;
let resetAt = 0;

subscribe('undici:request:headers', ({ response: { statusCode, headers } }) => {
  if (statusCode !== 429) return;
  const words = headers.map(String);
  const valueOf = (name) => words[words.findIndex((word) => word.toLowerCase() === name) + 1];
  readAt = Date.now();
  resetAt = Math.max(resetAt, Number(valueOf('x-ratelimit-reset')) * 1_000);
  write({ kind: 'limit', readAt, resetAt });
});

subscribe('undici:client:sendHeaders', ({ request: { method, path } }) => {
  const sentAt = Date.now();
  if (sentAt < resetAt) write({ kind: 'early', method, path, sentAt, readAt, resetAt });
});

function write(line) {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
