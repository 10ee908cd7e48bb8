import { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';

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

/** Removes Yoga's HTTP status and headers, which mean nothing in a message of a stream. */
export function withoutHttp(result: ExecutionResult): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(errorWithoutHttp) } : result;
}

export function errorWithoutHttp(error: GraphQLError): GraphQLError {
  const extensions = Object.fromEntries(Object.entries(error.extensions).filter(([name]) => name !== 'http'));
  return copyError(error, { extensions });
}
