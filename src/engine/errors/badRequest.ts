import type { GraphQLError } from 'graphql';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

/** The error for a request that is not a GraphQL request. */
export function badRequest(message: string, headers: Record<string, string> = {}): GraphQLError {
  return codedGraphQLError('BAD_REQUEST', message, { http: { status: 400, headers } });
}
