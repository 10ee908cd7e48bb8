import type { IncomingMessage } from 'node:http';

export const graphqlPath = '/graphql';
export const healthPath = '/health';

/** Whether GraphQL or the health check is at this path. */
export function isOwnPath(path: string): boolean {
  return path === graphqlPath || path === healthPath;
}

/** A path without a query and a trailing slash. */
const plain = /^(?:\/[^/?]+)+$/;

/** The path of a request, without a trailing slash. */
export function pathOf(request: Pick<IncomingMessage, 'url'>): string {
  const target = targetOf(request);
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}

/**
 * Returns the path and query of a request, without a trailing slash of the path. Proxies may send absolute URLs. The
 * `URL` class is not used, because it throws for some targets that clients can send.
 */
export function targetOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  if (url === graphqlPath || plain.test(url)) return url;
  const [, path = '', query = ''] = /^(?:https?:\/\/[^/?]*)?([^?]*)(.*)$/is.exec(url) ?? [];
  return `${path.replace(/(?<=[^/])\/$/, '')}${query}`;
}
