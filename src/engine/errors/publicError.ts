import { randomUUID } from 'node:crypto';

import { GraphQLError, isValueNode } from 'graphql';

import { CodedError } from '../../errors/CodedError.ts';
import { Fault, TooManyJournalsError } from '../../errors/faults.ts';
import { Refusal } from '../../errors/refusals.ts';
import { StreamError } from '../../errors/subscriptionErrors.ts';
import type { Log } from '../../log.ts';

import { copyError, shortenMessage } from './copyError.ts';

/**
 * Converts an error that is not a member of a result union to the form that clients see, with a stable
 * `extensions.code`. An unexpected error is masked, and logged with the correlation id that the client gets.
 */
export function publicError(error: unknown, log: Log): GraphQLError {
  const cause = causeOf(error);
  if (cause instanceof CodedError) {
    return locate(error, cause.message, { code: cause.code, ...cause.publicExtensions });
  }
  if (cause instanceof GraphQLError && isAboutRequest(cause, error)) {
    if (cause === error && 'code' in cause.extensions && shortenMessage(cause.message) === cause.message) return cause;
    // The outer message names the variable; the cause names only the value.
    const { message } = error instanceof GraphQLError ? error : cause;
    return locate(error, message, { code: 'BAD_USER_INPUT', ...cause.extensions });
  }
  const correlationId = randomUUID();
  log.error({ err: cause, correlationId }, 'unexpected error');
  return locate(error, 'Unexpected error.', { code: 'INTERNAL', correlationId });
}

/** Returns the code that clients see for an error. @param fallback the code of a GraphQL error that has none */
export function codeOf(error: unknown, fallback = 'BAD_USER_INPUT'): string {
  const cause = causeOf(error);
  if (cause instanceof CodedError) return cause.code;
  const code = cause instanceof GraphQLError && cause.extensions['code'];
  if (typeof code === 'string') return code;
  return cause instanceof GraphQLError && isAboutRequest(cause, error) ? fallback : 'INTERNAL';
}

/**
 * Whether the request caused an error of graphql-js. An error during the execution is a bug of the gateway instead,
 * such as a value that can't be serialized. The exception is an argument that can't be coerced: its error points at
 * values of the document, whereas all other errors point at fields.
 */
function isAboutRequest(cause: GraphQLError, error: unknown): boolean {
  const isExecuting = error instanceof GraphQLError && error.path !== undefined;
  return 'code' in cause.extensions || !isExecuting || (cause.nodes?.every(isValueNode) ?? false);
}

/** True if the error's message may quote the API. */
export function quotesUpstream(cause: unknown): boolean {
  if (cause instanceof TooManyJournalsError) return false;
  return cause instanceof Fault || cause instanceof Refusal || cause instanceof StreamError;
}

/** The error that was thrown first, without the errors in which graphql wraps it to add its location. */
export function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * Returns an error with the location of the original one, but without its cause, which may reveal too much to a client.
 */
function locate(error: unknown, fullMessage: string, extensions: Record<string, unknown>): GraphQLError {
  const message = shortenMessage(fullMessage);
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  return copyError(error, { message, extensions, originalError: null });
}
