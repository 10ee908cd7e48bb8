import type { IncomingMessage } from 'node:http';

import type { Limits } from '../../config/limits.ts';

import { isAllowedOrigin } from '../requests/originChecks.ts';
import { requestIdHeader } from '../requests/requestId.ts';

/**
 * Headers of every response, as alternating names and values: browsers must not guess the type of a response, frame it,
 * store it or send a referrer. Scripts come from the gateway's own files only.
 */
export const securityHeaders: readonly string[] = Object.entries({
  'content-security-policy':
    "default-src 'self' data: blob:; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}).flat();

/**
 * Returns the CORS headers, as alternating names and values, if the page that sent the request may read the response.
 */
export function corsHeaders(
  { headers: { origin } }: IncomingMessage,
  { corsOrigins, corsHeaders: more }: Pick<Limits, 'corsOrigins' | 'corsHeaders'>,
): readonly string[] {
  if (origin === undefined || !isAllowedOrigin(origin, corsOrigins)) return [];
  const allowed = [...allowedHeaders, ...more].join(', ');
  return ['access-control-allow-origin', origin, 'access-control-allow-headers', allowed, ...fixedHeaders];
}

const allowedHeaders = [
  'authorization',
  'content-type',
  'graphql-require-preflight',
  'last-event-id',
  'traceparent',
  'tracestate',
  requestIdHeader,
];

const fixedHeaders = Object.entries({
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-expose-headers': `${requestIdHeader}, retry-after`,
  'access-control-max-age': '600',
}).flat();
