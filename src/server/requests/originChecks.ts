import type { IncomingMessage } from 'node:http';

import { originOf } from '../../domain/originOf.ts';

/** @param allowed origins as `originOf` writes them */
export function isAllowedOrigin(origin: string | null | undefined, allowed: readonly string[]): boolean {
  const normalized = origin ? originOf(origin) : null;
  return normalized !== null && allowed.includes(normalized);
}

/**
 * True if a page of another site sends this request. Browsers send no preflight request before they open a WebSocket,
 * so any page that an operator visits could otherwise move money with the operator's access. Clients that are not
 * browsers send no `Origin`.
 *
 * @param allowed origins whose pages may send requests, in addition to pages of the gateway's own host
 */
export function isForeignPage({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host = '' } = headers;
  if (origin === undefined || isAllowedOrigin(origin, allowed)) return false;
  const page = originOf(origin);
  // A proxy may terminate TLS, so the gateway's own origin may be http or https.
  const scheme = /^https?:/.exec(page ?? '')?.[0];
  return scheme === undefined || page !== originOf(`${scheme}//${host}`);
}

/** Node uses the first of several `Authorization` headers, but a proxy may have checked a different one. */
export function hasSeveralCredentials({ headers, rawHeaders }: IncomingMessage): boolean {
  if (headers.authorization === undefined) return false;
  const isName = (text: string, at: number) => at % 2 === 0 && text.toLowerCase() === 'authorization';
  return rawHeaders.filter(isName).length > 1;
}
