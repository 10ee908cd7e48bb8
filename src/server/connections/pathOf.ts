import type { IncomingMessage } from 'node:http';

/** The path that a request names: `/graphql/` is `/graphql`. */
export function pathOf(request: Pick<IncomingMessage, 'url'>): string {
  return targetOf(request).split('?', 1)[0] ?? '';
}

/**
 * Path and query that a request names. Proxies send the absolute form. Not by the URL class, which throws at targets
 * that a client can send.
 */
export function targetOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const [, path = '', query = ''] = /^(?:https?:\/\/[^/?]*)?([^?]*)(.*)$/is.exec(url) ?? [];
  return `${path.replace(/(?<=[^/])\/$/, '')}${query}`;
}
