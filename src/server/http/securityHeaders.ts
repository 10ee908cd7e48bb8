import type { ServerResponse } from 'node:http';

/**
 * Headers of every response: browsers must not guess its type, frame it, store it or send a referrer. Scripts come
 * from the gateway's own files only.
 */
export const securityHeaders = Object.entries({
  'content-security-policy':
    "default-src 'self' data: blob:; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
});

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
}
