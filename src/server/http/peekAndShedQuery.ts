import type { IncomingMessage } from 'node:http';

import { eventStream } from '../pipeline/request/acceptedAnswers.ts';

/** Longer bodies are read where all are. */
const maxPeeked = 65_536;
/** Without one of these words in it, a body asks for a query: what it names instead of bringing it may be anything. */
const more = /mutation|subscription|persistedQuery|documentId|\\u/;

/**
 * Refuses a request that is a query as early as can be, for a process that has too much to do already: a refusal must
 * cost next to nothing, or refusing is what keeps it busy. Of a request that may be more, the pipeline finds out what it
 * is, and refuses it as the same.
 *
 * @param serve goes on with it
 * @param refuse ends it
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
    if (!more.test(body.toString('latin1'))) {
      refuse();
      return;
    }
    // The pipeline takes a body that was read already from here.
    Object.assign(request, { body });
    serve();
  });
}
