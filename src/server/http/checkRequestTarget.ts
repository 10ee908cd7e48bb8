import type { IncomingMessage } from 'node:http';

import { hasSeveralCredentials } from '../connections/hasSeveralCredentials.ts';
import { pathOf } from '../connections/pathOf.ts';
import { graphqlPath, healthPath } from '../pipeline/pipeline.ts';

export interface TargetProblem {
  status: 400 | 404;
  message: string;
}

const paths = new Set([graphqlPath, healthPath]);

/** What the pipeline must not see: it matches paths by their ends, and answers a Host it can't read with a stack. */
export function checkRequestTarget(request: IncomingMessage): TargetProblem | null {
  const { host } = request.headers;
  if (!URL.canParse(`http://${host ?? 'gateway'}/`)) return { status: 400, message: 'the Host header is malformed\n' };
  if (hasSeveralCredentials(request)) return { status: 400, message: 'expected one Authorization header\n' };
  return paths.has(pathOf(request))
    ? null
    : { status: 404, message: `nothing is here; GraphQL is at ${graphqlPath}\n` };
}

/** It is answered however much there is to do. */
export function isHealthCheck(request: IncomingMessage): boolean {
  return pathOf(request) === healthPath;
}
