import type { ServerResponse } from 'node:http';

/**
 * What browsers are to make of every answer: nothing but what it says it is, in no frame, kept by nobody, and telling
 * nobody where they came from. Only GraphiQL runs scripts, its own, which stand in its page.
 */
export const securityHeaders = Object.entries({
  'content-security-policy':
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; " +
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
});

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
}
