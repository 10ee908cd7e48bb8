import { randomUUID } from 'node:crypto';

import { GraphQLError, isValueNode } from 'graphql';

import { CodedError } from '../../errors/CodedError.ts';
import { Fault, TooManyJournalsError } from '../../errors/faults.ts';
import { Refusal } from '../../errors/refusals.ts';
import { StreamError } from '../../errors/streamErrors.ts';
import type { Log } from '../../log.ts';

import { copyError, shortenMessage } from './copyError.ts';

/**
 * The form in which a client sees an error that is not a member of a result union: with a stable `extensions.code`.
 * An unexpected error is masked, and logged under the correlation id that the client gets.
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

/** The code under which a client sees an error. @param fallback the code of a GraphQL error that has none */
export function codeOf(error: unknown, fallback = 'BAD_USER_INPUT'): string {
  const cause = causeOf(error);
  if (cause instanceof CodedError) return cause.code;
  const code = cause instanceof GraphQLError && cause.extensions['code'];
  if (typeof code === 'string') return code;
  return cause instanceof GraphQLError && isAboutRequest(cause, error) ? fallback : 'INTERNAL';
}

/**
 * True if the request caused an error of graphql. An error of the execution is a bug of the gateway instead, such as a
 * value that can't be serialized. Arguments that can't be coerced are the exception: their errors point at values of the
 * document, all others at fields.
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

/** Leaves the cause out, which may say more than a client may see. */
function locate(error: unknown, fullMessage: string, extensions: Record<string, unknown>): GraphQLError {
  const message = shortenMessage(fullMessage);
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  return copyError(error, { message, extensions, originalError: null });
}
