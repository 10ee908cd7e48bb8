import type { IncomingMessage } from 'node:http';

import { hasSeveralCredentials } from './hasSeveralCredentials.ts';
import { graphqlPath, healthPath } from './pipeline.ts';

export interface Misdirected {
  status: 400 | 404;
  message: string;
}

const paths = new Set([graphqlPath, healthPath]);

/** What the pipeline must not see: it matches paths by their ends, and answers a Host it can't read with a stack. */
export function misdirected(request: IncomingMessage): Misdirected | null {
  const { url = '' } = request;
  const { host } = request.headers;
  if (!URL.canParse(`http://${host ?? 'gateway'}/`)) return { status: 400, message: 'the Host header is malformed\n' };
  if (hasSeveralCredentials(request)) return { status: 400, message: 'expected one Authorization header\n' };
  // Proxies send the absolute form.
  const path = url.replace(/^https?:\/\/[^/?]*/, '').split('?', 1)[0] ?? '';
  return paths.has(path) ? null : { status: 404, message: `nothing is here; GraphQL is at ${graphqlPath}\n` };
}
