import type { Plugin } from 'graphql-yoga';

import type { TrustedDocuments } from '../TrustedDocuments.ts';

/** A request over HTTP may name its document instead of bringing it. Sockets do the same (`SocketProtocol.ts`). */
export function useTrustedDocuments(documents: TrustedDocuments): Plugin {
  return {
    onParams: ({ params, setParams }) => {
      if (!isRequest(params)) return;
      const query = documents.textOf(params);
      if (query !== undefined && query !== params.query) setParams({ ...params, query });
    },
  };
}

/** Bodies are typed as if they had been looked at; what is no request is refused for that, later. */
function isRequest(params: unknown): boolean {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return false;
  const { query } = params as { query?: unknown };
  return query === undefined || query === null || typeof query === 'string';
}
