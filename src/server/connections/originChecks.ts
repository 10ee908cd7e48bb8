import type { IncomingMessage } from 'node:http';

import { originOf } from '../../domain/originOf.ts';

import { isWelcomeOrigin } from './isWelcomeOrigin.ts';

/**
 * True when a browser says that a page of another site opens this socket: browsers ask nobody before they do, and a
 * page could then move money with the operator's access. Programs send no `Origin`.
 *
 * @param origins whose pages are welcome, beside those of the own host
 */
export function isForeignPage({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host = '' } = headers;
  if (origin === undefined || isWelcomeOrigin(origin, origins)) return false;
  const page = originOf(origin);
  // Whether TLS ends in front is not known here, so either scheme may be the gateway's; an app's own scheme may not.
  const scheme = /^https?:/.exec(page ?? '')?.[0];
  return scheme === undefined || page !== originOf(`${scheme}//${host}`);
}
