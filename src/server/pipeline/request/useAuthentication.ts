import type { Plugin } from 'graphql-yoga';

import type { Authenticator } from '../../../auth/Authenticator.ts';

import type { TransportContext } from '../../live/TransportContext.ts';

/** Authenticates HTTP requests. A WebSocket has been authenticated by its `connection_init`. */
export function useAuthentication(authenticator: Authenticator): Plugin<TransportContext> {
  return {
    onRequestParse: async ({ request, serverContext }) => {
      const transport = serverContext as TransportContext;
      transport.session = await authenticator.authenticate(request.headers.get('authorization'));
    },
  };
}
