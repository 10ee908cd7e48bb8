import type { IncomingMessage, ServerResponse } from 'node:http';

import { overloaded, overloadSeconds } from './limits/limitErrors.ts';

/** Longer bodies are read where all are. */
const maxPeeked = 65_536;
/** Without one of these words in it, a body asks for a query: what it names instead of bringing it may be anything. */
const others = ['mutation', 'subscription', 'persistedQuery', 'documentId', '\\u'];

const refusal = JSON.stringify({ errors: [withoutHttp()] });

/**
 * Refuses a request as early as can be, for a process that has too much to do already: a refusal must cost next to
 * nothing, or refusing is what keeps it busy. Of a request that may be more than a query, the pipeline finds out what it
 * is, and refuses it as the same.
 *
 * @param serve goes on with it
 * @param refuse ends it
 */
export function shedQuery(request: IncomingMessage, serve: () => void, refuse: () => void): void {
  const { 'content-length': length, accept = '' } = request.headers;
  if (request.method !== 'POST' || accept.includes('text/event-stream') || !(Number(length) <= maxPeeked)) {
    serve();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    const body = Buffer.concat(chunks);
    if (!others.some((word) => body.includes(word))) {
      refuse();
      return;
    }
    // The pipeline takes a body that was read already from here.
    Object.assign(request, { body });
    serve();
  });
}

/** Says that the process is overloaded, whatever was asked. */
export function refuseAtOnce(response: ServerResponse): void {
  response.writeHead(503, {
    'content-type': 'application/graphql-response+json; charset=utf-8',
    'content-length': Buffer.byteLength(refusal),
    'retry-after': overloadSeconds,
  });
  response.end(refusal);
}

function withoutHttp() {
  const { message, extensions } = overloaded();
  return { message, extensions: { code: extensions['code'] } };
}
