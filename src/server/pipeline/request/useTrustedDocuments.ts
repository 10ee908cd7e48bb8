import type { Plugin } from 'graphql-yoga';

import type { TrustedDocuments } from './TrustedDocuments.ts';

/** Looks up the document of an HTTP request that sends an id instead. WebSockets do the same in `SocketProtocol.ts`. */
export function useTrustedDocuments(documents: TrustedDocuments): Plugin {
  return {
    onParams: ({ params, request, setParams }) => {
      if (!isRequest(params)) return;
      const query = documents.textOf({ documentId: documentIdOf(request), ...params });
      if (query !== undefined && query !== params.query) setParams({ ...params, query });
    },
  };
}

/** The id in a GET, of which Yoga reads only the parameters that it knows. */
function documentIdOf({ method, url }: Request): string | null {
  return method === 'GET' ? new URL(url).searchParams.get('documentId') : null;
}

/** The parameters are typed, but not checked yet. Yoga refuses invalid ones later. */
function isRequest(params: unknown): boolean {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return false;
  const { query } = params as { query?: unknown };
  return query === undefined || query === null || typeof query === 'string';
}
