import type { Plugin } from 'graphql-yoga';

import { notAcceptable } from '../../engine/errors/notAcceptable.ts';

import { responseTypes } from '../http/mediaTypes.ts';

/**
 * Refuses a request whose response the client doesn't accept before it is executed. Yoga checks this afterwards: it would
 * answer with 406 after a mutation has moved money.
 */
export function useAcceptableResponses(): Plugin {
  return {
    onRequestParse: ({ request: { headers } }) => {
      // Compares strings, because `normalizeHead` has rewritten the header.
      const accepted = headers.get('accept')?.split(', ') ?? [];
      if (!responseTypes.some((mediaType) => accepted.includes(mediaType))) throw notAcceptable(responseTypes);
    },
    // Yoga sends `connection: keep-alive` with multipart responses, but the server may be closing the connection.
    onResponse: ({ response }) => response.headers.delete('connection'),
  };
}
