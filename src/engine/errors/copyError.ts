import { GraphQLError } from 'graphql';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';

/** Longer messages are cut: they may quote the whole request. */
const maxMessageLength = 1_000;

export interface ErrorChanges {
  message?: string;
  extensions: Record<string, unknown>;
  originalError?: Error | null;
}

/** Copies an error with changes, because the properties of a `GraphQLError` are read-only. */
export function copyError(error: GraphQLError, changes: ErrorChanges): GraphQLError {
  const { message, nodes = null, source = null, positions = null, path = null, originalError = null } = error;
  return new GraphQLError(changes.message ?? message, { nodes, source, positions, path, originalError, ...changes });
}

export function shortenMessage(message: string): string {
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength)}…`;
}

/** Removes Yoga's HTTP status and headers, which are meaningless in a message of a stream. */
export function withoutHttp(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => copyError(error, { extensions: extensionsWithoutHttp(error) }));
  return { ...result, errors };
}

/** The JSON of an error, without Yoga's HTTP status and headers. */
export function errorJson(error: GraphQLError): GraphQLFormattedError {
  return { ...error.toJSON(), extensions: extensionsWithoutHttp(error) };
}

function extensionsWithoutHttp(error: GraphQLError): Record<string, unknown> {
  const extensions = { ...error.extensions };
  delete extensions['http'];
  return extensions;
}
