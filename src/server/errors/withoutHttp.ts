import type { ExecutionResult, GraphQLError } from 'graphql';

import { copyError } from './copyError.ts';

/** Yoga's HTTP statuses mean nothing in a message of a stream. */
export function withoutHttp(result: ExecutionResult): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(errorWithoutHttp) } : result;
}

export function errorWithoutHttp(error: GraphQLError): GraphQLError {
  const extensions = Object.fromEntries(Object.entries(error.extensions).filter(([name]) => name !== 'http'));
  return copyError(error, { extensions });
}
