import type { GraphQLError } from 'graphql';

import { codedGraphQLError } from './codedGraphQLError.ts';

/** `Retry-After`, in seconds, while the maximum number of sockets and event streams is open. */
export const retryAfterSeconds = '5';
/** `Retry-After` of an overloaded process, in seconds. */
export const overloadSeconds = '1';

export interface Excess {
  code: `${'TOKEN' | 'DEPTH' | 'FIELD' | 'ALIAS' | 'DIRECTIVE' | 'COST'}_LIMIT_EXCEEDED`;
  message: string;
  /** The counted number, which becomes an extension such as `depth`; absent if counting stopped at the limit. */
  found?: number;
  limit: number;
}

/** A document or an operation exceeds a limit. */
export function limitExceeded({ code, message, found, limit }: Excess): GraphQLError {
  const [counted = ''] = code.toLowerCase().split('_');
  // JSON has no infinity, and nested fragments can exceed the safe integers.
  const count = found === undefined ? {} : { [counted]: Math.min(found, Number.MAX_SAFE_INTEGER) };
  return codedGraphQLError(code, message, { extensions: { ...count, limit }, http: { status: 400 } });
}

/** Brackets are nested too deeply. */
export function nestedTooDeeply(
  what: 'document' | 'request',
  code: 'GRAPHQL_PARSE_FAILED' | 'BAD_REQUEST',
  limit: number,
): GraphQLError {
  const message = `the ${what} is nested too deeply, at most ${limit} levels of brackets are allowed`;
  return codedGraphQLError(code, message, { http: { status: 400 } });
}

/** A principal exceeds its rate. */
export function rateExceeded(limit: number, waitMs: number): GraphQLError {
  const retryAfter = String(Math.max(1, Math.ceil(waitMs / 1_000)));
  return codedGraphQLError(
    'OPERATION_RATE_LIMITED',
    `at most ${limit} operations per second are allowed: nothing was done, retry later`,
    {
      extensions: { limit, retryAt: new Date(Date.now() + waitMs).toISOString() },
      http: { status: 429, headers: { 'retry-after': retryAfter } },
    },
  );
}

/** A principal has too many operations running. */
export function concurrencyExceeded(limit: number): GraphQLError {
  return codedGraphQLError(
    'CONCURRENCY_LIMITED',
    `${limit} operations are running: nothing was done, retry when one has finished`,
    { extensions: { limit }, http: { status: 429, headers: { 'retry-after': '1' } } },
  );
}

/** The process has too many operations running. */
export function overloaded(): GraphQLError {
  return codedGraphQLError('OVERLOADED', 'the gateway is overloaded: nothing was done, retry later', {
    http: { status: 503, headers: { 'retry-after': overloadSeconds } },
  });
}

/** Totals have too many groups. */
export function tooManyGroups(limit: number): GraphQLError {
  return codedGraphQLError(
    'TOO_MANY_GROUPS',
    `there are more than ${limit} groups: group by fewer keys or narrow the filter`,
    { extensions: { limit } },
  );
}

/** One WebSocket has too many operations running. */
export function tooManyOperations(max: number): GraphQLError {
  return codedGraphQLError(
    'TOO_MANY_OPERATIONS',
    `${max} operations are running on this socket, which is the most it may have: complete one first`,
  );
}

/** The process has too many sockets and event streams open. */
export function tooManySockets(max: number): GraphQLError {
  return codedGraphQLError(
    'TOO_MANY_SOCKETS',
    `${max} sockets and event streams are open, which is the most the gateway may have: retry later`,
    { http: { status: 503, headers: { 'retry-after': retryAfterSeconds } } },
  );
}
