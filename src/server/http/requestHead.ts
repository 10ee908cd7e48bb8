import type { IncomingMessage } from 'node:http';

import { hasSeveralCredentials } from '../requests/originChecks.ts';
import { graphqlPath, targetOf } from '../requests/paths.ts';
import { memoize } from './memoize.ts';
import { normalizeAccept, parseMediaType } from './mediaTypes.ts';

/**
 * Rewrites the target, `Accept` and `Content-Type` of a request into one canonical form each, so that later code can
 * compare strings. A malformed value stays as it is and is refused where it is needed.
 */
export function normalizeHead(request: IncomingMessage): void {
  const { headers } = request;
  request.url = targetOf(request);
  headers.accept = accept(headers.accept ?? '');
  if (headers['content-type'] !== undefined) headers['content-type'] = contentType(headers['content-type']);
}

const accept = memoize(normalizeAccept);

const contentType = memoize((text) => {
  // Some clients send the header twice.
  const mediaType = parseMediaType(text.split(',', 1)[0] ?? '');
  return mediaType ? String(mediaType) : text;
});

export interface TargetProblem {
  status: 400 | 404;
  message: string;
}

const isHost = memoize((host) => URL.canParse(`http://${host}/`));

/**
 * Finds a problem of a request that Yoga would misread: Yoga matches the ends of paths, and responds to a malformed
 * Host header with a stack trace.
 */
export function checkRequestTarget(request: IncomingMessage, isFound: boolean): TargetProblem | null {
  const { host } = request.headers;
  if (!isHost(host ?? 'gateway')) return { status: 400, message: 'the Host header is malformed\n' };
  if (hasSeveralCredentials(request)) return { status: 400, message: 'expected one Authorization header\n' };
  return isFound ? null : { status: 404, message: `not found; GraphQL is at ${graphqlPath}\n` };
}
