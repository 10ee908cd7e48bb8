import { GraphQLError } from 'graphql';

/** The same error in the same place, in other words or with other extensions: graphql's errors are read-only. */
export function copyError(
  error: GraphQLError,
  { message = error.message, extensions }: { message?: string; extensions: Record<string, unknown> },
): GraphQLError {
  const { nodes = null, source = null, positions = null, path = null, originalError = null } = error;
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}
