import type { IncomingMessage, ServerResponse } from 'node:http';

import { LiveMessage } from '../../engine/live/LiveMessage.ts';
import { overloaded, overloadSeconds } from '../../errors/limitErrors.ts';

import { requestIdOf, requestIdHeader } from '../requests/requestId.ts';
import { eventStream } from './mediaTypes.ts';
import { securityHeaders } from './securityHeaders.ts';

interface Refusal {
  head: string[];
  body: string;
}

const { payload, block } = LiveMessage.of({ errors: [overloaded()] });
const stream = refusal(eventStream, `${block}event: complete\ndata:\n\n`);
const graphqlResponse = refusal('application/graphql-response+json; charset=utf-8', payload);
const json = refusal('application/json; charset=utf-8', payload);

/** Refuses a request because the process is overloaded. Everything except the request id is prepared in advance. */
export function sendOverloaded(request: IncomingMessage, response: ServerResponse): void {
  const { head, body } = refusalFor(request.headers.accept ?? '');
  response.writeHead(503, [...head, requestIdHeader, requestIdOf(request)]);
  response.end(body);
}

function refusalFor(accept: string): Refusal {
  if (accept.startsWith(eventStream)) return stream;
  return accept.startsWith('application/graphql-response+json') ? graphqlResponse : json;
}

function refusal(mediaType: string, body: string): Refusal {
  const length = String(Buffer.byteLength(body));
  const own = ['content-type', mediaType, 'content-length', length, 'retry-after', overloadSeconds];
  return { head: [...securityHeaders, ...own], body };
}
