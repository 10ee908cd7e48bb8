import { GraphQLError } from 'graphql';

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

/** When to come back after `tooManySockets`. */
export const retryAfterSeconds = '5';
