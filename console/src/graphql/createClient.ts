import { Client, fetchExchange, mapExchange } from '@urql/core';

import type { Credential } from '../session/Credential.ts';

export const endpoint = new URL('/graphql', location.href);

/** The client for queries and mutations. Nothing is cached: what is on the screen is kept current by events. */
export function createClient(credential: Credential): Client {
  return new Client({
    url: endpoint.href,
    requestPolicy: 'network-only',
    preferGetMethod: false,
    fetchOptions: () => ({ headers: credential.headers }),
    exchanges: [
      mapExchange({
        onError: (error) => {
          if (error.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED'))
            credential.refuse();
        },
      }),
      fetchExchange,
    ],
  });
}
