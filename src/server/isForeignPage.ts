import type { IncomingMessage } from 'node:http';

/**
 * True when a browser says that a page of another site opens this socket: browsers ask nobody before they do, and a
 * page could then move money with the operator's access. Programs send no `Origin`.
 *
 * @param origins whose pages are welcome, beside those of the own host
 */
export function isForeignPage({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}
