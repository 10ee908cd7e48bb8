import type { Plugin } from 'graphql-yoga';

import type { TrustedDocuments } from './TrustedDocuments.ts';

/** A request over HTTP may name its document instead of bringing it. Sockets do the same (`SocketProtocol.ts`). */
export function useTrustedDocuments(documents: TrustedDocuments): Plugin {
  return {
    onParams: ({ params, request, setParams }) => {
      if (!isRequest(params)) return;
      const query = documents.textOf({ documentId: documentIdOf(request), ...params });
      if (query !== undefined && query !== params.query) setParams({ ...params, query });
    },
  };
}

/** Of a GET, from which Yoga takes no more than the members of a request that it knows. */
function documentIdOf({ method, url }: Request): string | null {
  return method === 'GET' ? new URL(url).searchParams.get('documentId') : null;
}

/** Bodies are typed as if they had been looked at; what is no request is refused for that, later. */
function isRequest(params: unknown): boolean {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return false;
  const { query } = params as { query?: unknown };
  return query === undefined || query === null || typeof query === 'string';
}
