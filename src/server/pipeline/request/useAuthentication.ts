import type { Plugin } from 'graphql-yoga';

import type { Authenticator } from '../../../auth/Authenticator.ts';

import type { TransportContext } from '../../live/TransportContext.ts';

/**
 * Finds out who asks before anything of a request is read: a stranger gets no lesson on its input. A socket has said
 * who it is in `connection_init`.
 */
export function useAuthentication(authenticator: Authenticator): Plugin<TransportContext> {
  return {
    onRequestParse: async ({ request, serverContext }) => {
      const transport = serverContext as TransportContext;
      transport.session = await authenticator.authenticate(request.headers.get('authorization'));
    },
  };
}
