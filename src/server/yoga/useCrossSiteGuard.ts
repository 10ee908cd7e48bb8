import type { Plugin } from 'graphql-yoga';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import { isAllowedOrigin } from '../connections/originChecks.ts';

/** Content types that a page of another site can post without a preflight request (a CORS "simple request"). */
const simple = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i;
/** Headers that a page can't set without a preflight request. */
const preflightHeaders = ['graphql-require-preflight', 'x-graphql-yoga-csrf'];

/**
 * Refuses GETs and forms that any web page could send without a preflight request. Listening on a loopback address does
 * not protect from a browser on the same machine. JSON always causes a preflight request, so it needs no extra header.
 *
 * @param origins whose pages may send such requests, in addition to the gateway's own
 */
export function useCrossSiteGuard(origins: readonly string[]): Plugin {
  return {
    onRequestParse: ({ request: { method, headers }, requestParser }) => {
      // Yoga refuses requests that have no parser.
      if (!requestParser || (method === 'POST' && !simple.test(headers.get('content-type') ?? 'text/plain'))) return;
      if (preflightHeaders.some((name) => headers.get(name) !== null) || isAllowed(headers, origins)) return;
      const message = `expected a JSON body, or one of the headers ${preflightHeaders.join(' and ')} with other requests`;
      throw codedGraphQLError('PREFLIGHT_REQUIRED', message, { http: { status: 403 } });
    },
  };
}

/** Browsers set these headers, pages can't. An `EventSource` can set no other header, so they must suffice for it. */
function isAllowed(headers: Headers, origins: readonly string[]): boolean {
  return headers.get('sec-fetch-site') === 'same-origin' || isAllowedOrigin(headers.get('origin'), origins);
}
