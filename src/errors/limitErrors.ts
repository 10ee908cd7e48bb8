import { GraphQLError } from 'graphql';

/** When to come back to a process that has as much as it takes. */
export const retryAfterSeconds = '5';

export interface Excess {
  code: `${'TOKEN' | 'DEPTH' | 'FIELD' | 'ALIAS' | 'DIRECTIVE' | 'COST'}_LIMIT_EXCEEDED`;
  message: string;
  /** Told in the extensions under the name of what was counted; absent where counting ended at the limit. */
  found?: number;
  limit: number;
}

/** A document or an operation asks for more than it may. */
export function overLimit({ code, message, found, limit }: Excess): GraphQLError {
  const [what = ''] = code.toLowerCase().split('_');
  // JSON has no infinity, and fragments of fragments get close to it.
  const counted = found === undefined ? {} : { [what]: Math.min(found, Number.MAX_SAFE_INTEGER) };
  return new GraphQLError(message, { extensions: { code, ...counted, limit, http: { status: 400 } } });
}

/** Brackets within one another, deeper than anything reads. */
export function nestedTooDeeply(
  what: 'document' | 'request',
  code: 'GRAPHQL_PARSE_FAILED' | 'BAD_REQUEST',
  limit: number,
): GraphQLError {
  return new GraphQLError(`the ${what} is nested too deeply, at most ${limit} brackets`, {
    extensions: { code, http: { status: 400 } },
  });
}

/** One principal asks more often than it may. */
export function tooOften(limit: number, waitMs: number): GraphQLError {
  const retryAfter = String(Math.max(1, Math.ceil(waitMs / 1_000)));
  return new GraphQLError(`at most ${limit} operations a second: nothing was done, try again later`, {
    extensions: {
      code: 'OPERATION_RATE_LIMITED',
      limit,
      retryAt: new Date(Date.now() + waitMs).toISOString(),
      http: { status: 429, headers: { 'retry-after': retryAfter } },
    },
  });
}

/** One principal has as many operations under way as it may. */
export function tooManyAtOnce(limit: number): GraphQLError {
  return new GraphQLError(`${limit} operations are under way: nothing was done, try again when one has ended`, {
    extensions: {
      code: 'CONCURRENCY_LIMITED',
      limit,
      http: { status: 429, headers: { 'retry-after': '1' } },
    },
  });
}

/** The process runs as many operations as it can do well. */
export function overloaded(): GraphQLError {
  return new GraphQLError('the gateway is overloaded: nothing was done, try again later', {
    extensions: { code: 'OVERLOADED', http: { status: 503, headers: { 'retry-after': overloadSeconds } } },
  });
}

/** When to come back after `overloaded`. */
export const overloadSeconds = '1';

/** One socket asks for more at a time than it may. */
export function tooManyOperations(max: number): GraphQLError {
  return new GraphQLError(`${max} operations of this socket are under way, no more are taken: complete one first`, {
    extensions: { code: 'TOO_MANY_OPERATIONS' },
  });
}

/** The process holds as many open ends as it may. */
export function tooManySockets(max: number): GraphQLError {
  return new GraphQLError(`${max} sockets and event streams are open, no more are taken: try again later`, {
    extensions: { code: 'TOO_MANY_SOCKETS', http: { status: 503, headers: { 'retry-after': retryAfterSeconds } } },
  });
}
