import type { GraphQLError } from 'graphql';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

/** The error for a client that accepts none of the media types that the response can have. */
export function notAcceptable(mediaTypes: readonly string[]): GraphQLError {
  const message = `the response can be ${mediaTypes.join(' or ')}, which the Accept header does not allow`;
  return codedGraphQLError('NOT_ACCEPTABLE', message, { http: { status: 406 } });
}
