import type { Plugin } from 'graphql-yoga';

import { notAcceptable } from '../../engine/errors/notAcceptable.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import { isAllowedOrigin } from '../requests/originChecks.ts';
import { isUtf8, parseMediaType, responseTypes } from '../http/mediaTypes.ts';

/** Content types that a page of another site can post without a preflight request (a CORS "simple request"). */
const simple = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i;
/** Headers that a page can't set without a preflight request. */
const preflightHeaders = ['graphql-require-preflight', 'x-graphql-yoga-csrf'];

/**
 * Refuses requests by their headers, before their bodies are read.
 *
 * @param origins whose pages may send requests without a preflight request, in addition to the gateway's own
 */
export function useRequestChecks(origins: readonly string[]): Plugin {
  return {
    onRequestParse: ({ request, requestParser, endResponse, fetchAPI }) => {
      // Yoga refuses requests that have no parser.
      if (requestParser) checkSite(request, origins);
      const problem = encodingProblem(request);
      if (problem === null) checkAccept(request);
      else {
        const headers = { 'accept-encoding': 'identity' };
        endResponse(new fetchAPI.Response(`${problem}\n`, { status: 415, headers }));
      }
    },
  };
}

/**
 * Refuses GETs and forms that any web page could send without a preflight request. Listening on a loopback address does
 * not protect against a browser on the same machine. JSON always causes a preflight request, so it needs no extra
 * header.
 */
function checkSite({ method, headers }: Request, origins: readonly string[]): void {
  if (method === 'POST' && !simple.test(headers.get('content-type') ?? 'text/plain')) return;
  if (preflightHeaders.some((name) => headers.get(name) !== null) || isAllowed(headers, origins)) return;
  const message = `expected a JSON body, or one of the headers ${preflightHeaders.join(' and ')} with other requests`;
  throw codedGraphQLError('PREFLIGHT_REQUIRED', message, { http: { status: 403 } });
}

/** Browsers set these headers, pages can't. An `EventSource` can set no other header, so they must suffice for it. */
function isAllowed(headers: Headers, origins: readonly string[]): boolean {
  return headers.get('sec-fetch-site') === 'same-origin' || isAllowedOrigin(headers.get('origin'), origins);
}

/**
 * Yoga reads every body as plain UTF-8, so a description in a compressed or otherwise encoded body could be garbled.
 */
function encodingProblem({ method, headers }: Request): string | null {
  if (method === 'GET') return null;
  const charset = parseMediaType(headers.get('content-type') ?? '')?.params.get('charset');
  if (charset && !isUtf8(charset)) return `charset is ${charset}, expected utf-8`;
  const encoding = headers.get('content-encoding')?.trim() || 'identity';
  return encoding.toLowerCase() === 'identity' ? null : `content-encoding is ${encoding}, expected none`;
}

/** Yoga checks this after the execution: it would answer with 406 after a mutation has moved money. */
function checkAccept({ headers }: Request): void {
  // Compares strings, because `normalizeHead` has rewritten the header.
  const accepted = headers.get('accept')?.split(', ') ?? [];
  if (!responseTypes.some((mediaType) => accepted.includes(mediaType))) throw notAcceptable(responseTypes);
}
