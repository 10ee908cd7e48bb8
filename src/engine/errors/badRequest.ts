import type { GraphQLError } from 'graphql';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

/** A request that is not one of GraphQL. */
export function badRequest(message: string, headers: Record<string, string> = {}): GraphQLError {
  return codedGraphQLError('BAD_REQUEST', message, { http: { status: 400, headers } });
}
