import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { TransportContext } from '../live/TransportContext.ts';

/** Read from requests and set on responses. */
export const requestIdHeader = 'x-request-id';

/** Ids as proxies and clients generate them. Other text is not copied into logs. */
const validId = /^[\w.:/+=@-]{1,128}$/;

/** Assigns a request its id for logs: the client's `X-Request-ID` if it is valid, otherwise a new one. */
export function giveRequestId({ headers }: IncomingMessage): string {
  const given = headers[requestIdHeader];
  const id = typeof given === 'string' && validId.test(given) ? given : randomUUID();
  headers[requestIdHeader] = id;
  return id;
}

/** The id of one operation: that of its HTTP request, or that of its socket followed by a number. */
export function requestIdOf({ socket, req }: TransportContext): string {
  const id = socket?.requestId ?? req?.headers[requestIdHeader];
  return typeof id === 'string' ? id : randomUUID();
}
