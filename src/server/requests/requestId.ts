import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Read from requests and set on responses. */
export const requestIdHeader = 'x-request-id';

/** Ids as proxies and clients generate them. Other text is not copied into logs. */
const validId = /^[\w.:/+=@-]{1,128}$/;

/** The id of a request for logs: the client's `X-Request-ID` if it is valid, otherwise a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[requestIdHeader];
  if (typeof given === 'string' && validId.test(given)) return given;
  const id = randomUUID();
  headers[requestIdHeader] = id;
  return id;
}
