/**
 * Headers of every response, names and values in turn: browsers must not guess its type, frame it, store it or send a referrer. Scripts run only on
 * the GraphiQL page, which contains them.
 */
export const securityHeaders: readonly string[] = Object.entries({
  'content-security-policy':
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; " +
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}).flat();
