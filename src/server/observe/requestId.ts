import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { TransportContext } from '../live/TransportContext.ts';

/** A request brings it, and its answer carries it. */
export const requestIdHeader = 'x-request-id';

/** What proxies and clients make of ids; anything else would be text of a stranger in every log that it passes. */
const sane = /^[\w.:/+=@-]{1,128}$/;

/** Gives a request the id that logs know it by: the client's `X-Request-ID` where that is a sane one, else a new one. */
export function giveRequestId({ headers }: IncomingMessage): string {
  const given = headers[requestIdHeader];
  const id = typeof given === 'string' && sane.test(given) ? given : randomUUID();
  headers[requestIdHeader] = id;
  return id;
}

/** The id of one operation: its request's, or its socket's with its number there. */
export function requestIdOf({ socket, req }: TransportContext): string {
  const told = socket?.requestId ?? req?.headers[requestIdHeader];
  return typeof told === 'string' ? told : randomUUID();
}
