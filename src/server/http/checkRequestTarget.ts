import type { IncomingMessage } from 'node:http';

import { hasSeveralCredentials } from '../connections/originChecks.ts';
import { graphqlPath } from '../connections/paths.ts';
import { memoize } from './memoize.ts';

export interface TargetProblem {
  status: 400 | 404;
  message: string;
}

const isHost = memoize((host) => URL.canParse(`http://${host}/`));

/** Keeps requests from Yoga that it would misread: it matches the ends of paths, and answers a malformed Host with a stack. */
export function checkRequestTarget(request: IncomingMessage, isFound: boolean): TargetProblem | null {
  const { host } = request.headers;
  if (!isHost(host ?? 'gateway')) return { status: 400, message: 'the Host header is malformed\n' };
  if (hasSeveralCredentials(request)) return { status: 400, message: 'expected one Authorization header\n' };
  return isFound ? null : { status: 404, message: `not found; GraphQL is at ${graphqlPath}\n` };
}
