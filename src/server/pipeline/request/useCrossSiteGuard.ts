import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { isWelcomeOrigin } from '../../connections/isWelcomeOrigin.ts';

/** What a page of any other site can post without its browser asking first (a CORS "simple request"). */
const simple = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i;
/** Headers that a page can't set without its browser asking first. */
const proofs = ['graphql-require-preflight', 'x-graphql-yoga-csrf'];

/**
 * Refuses what any web page that an operator visits could send: a URL or a form needs no permission, and a loopback
 * address is no protection from a browser on the same machine. JSON needs no extra header: it is asked for.
 *
 * @param origins whose pages are welcome, beside those of the gateway's own
 */
export function useCrossSiteGuard(origins: readonly string[]): Plugin {
  return {
    onRequestParse: ({ request: { method, headers }, requestParser }) => {
      // What nobody reads is refused for that.
      if (!requestParser || (method === 'POST' && !simple.test(headers.get('content-type') ?? 'text/plain'))) return;
      if (proofs.some((name) => headers.get(name) !== null) || isWelcome(headers, origins)) return;
      throw new GraphQLError(
        `expected a JSON body, or one of the headers ${proofs.join(' and ')} with this kind of request`,
        {
          extensions: { code: 'PREFLIGHT_REQUIRED', http: { status: 403 } },
        },
      );
    },
  };
}

/** A browser says whose page it is that asks, as for an `EventSource`, which can't set headers; no page can say otherwise. */
function isWelcome(headers: Headers, origins: readonly string[]): boolean {
  const origin = headers.get('origin');
  return headers.get('sec-fetch-site') === 'same-origin' || isWelcomeOrigin(origin, origins);
}
