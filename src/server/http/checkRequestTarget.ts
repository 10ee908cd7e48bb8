import type { IncomingMessage } from 'node:http';

import { hasSeveralCredentials } from '../connections/originChecks.ts';
import { graphqlPath, healthPath } from '../connections/paths.ts';
import { memoize } from './memoize.ts';

export interface TargetProblem {
  status: 400 | 404;
  message: string;
}

const isHost = memoize((host) => URL.canParse(`http://${host}/`));

const paths = new Set([graphqlPath, healthPath]);

/** Keeps requests from Yoga that it would misread: it matches the ends of paths, and answers a malformed Host with a stack. */
export function checkRequestTarget(
  request: IncomingMessage,
  path: string,
  endpoints: ReadonlyMap<string, unknown>,
): TargetProblem | null {
  const { host } = request.headers;
  if (!isHost(host ?? 'gateway')) return { status: 400, message: 'the Host header is malformed\n' };
  if (hasSeveralCredentials(request)) return { status: 400, message: 'expected one Authorization header\n' };
  return paths.has(path) || endpoints.has(path)
    ? null
    : { status: 404, message: `not found; GraphQL is at ${graphqlPath}\n` };
}
