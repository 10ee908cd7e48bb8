import type { IncomingMessage } from 'node:http';

import { eventStream } from './mediaTypes.ts';

/** Longer bodies, in bytes, are left to the engine. */
const maxPeeked = 65_536;
/** A body without any of these words is a query. A persisted document may be of any kind. */
const mayBeMore = /mutation|subscription|persistedQuery|documentId|\\u/;

/**
 * Refuses a query before it is parsed when the process is overloaded. Refusing must cost next to nothing, or the refusals
 * keep the process overloaded. A request that may be something else goes to the engine, which parses it and decides.
 */
export function peekAndShedQuery(request: IncomingMessage, serve: () => void, refuse: () => void): void {
  const { 'content-length': length, accept = '' } = request.headers;
  if (request.method !== 'POST' || accept.startsWith(eventStream) || !(Number(length) <= maxPeeked)) {
    serve();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    if (!mayBeMore.test(body.toString('latin1'))) {
      refuse();
      return;
    }
    // Yoga reads a body that has been consumed already from this property.
    Object.assign(request, { body });
    serve();
  });
}
