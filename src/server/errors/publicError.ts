import { randomUUID } from 'node:crypto';

import { GraphQLError } from 'graphql';

import { Refusal } from '../../errors/refusals.ts';
import { CodedError } from '../../errors/CodedError.ts';
import { StreamError } from '../../errors/streamErrors.ts';
import type { Log } from '../../log.ts';
import { Fault, TooManyJournalsError } from '../../errors/faults.ts';

import { copyError } from './copyError.ts';
import { shortMessage } from './shortMessage.ts';

/**
 * What a client may see of an error that is no member of a result union: a stable `extensions.code`, and what is known.
 * Anything unforeseen is masked, and logged under the correlation id that the client is told.
 */
export function publicError(error: unknown, log: Log): GraphQLError {
  const cause = causeOf(error);
  if (cause instanceof CodedError) {
    return locate(error, cause.message, { code: cause.code, ...cause.publicExtensions });
  }
  if (cause instanceof GraphQLError && isAboutRequest(cause, error)) {
    // The outer message names the variable, where the cause names the value only.
    const { message } = error instanceof GraphQLError ? error : cause;
    return locate(error, message, { code: 'BAD_USER_INPUT', ...cause.extensions });
  }
  const correlationId = randomUUID();
  log.error({ err: cause, correlationId }, 'unexpected error');
  return locate(error, 'Unexpected error.', { code: 'INTERNAL', correlationId });
}

/** The code by which a client sees it; the fallback's for what says itself nothing of the kind. */
export function codeOf(error: unknown, fallback = 'BAD_USER_INPUT'): string {
  const cause = causeOf(error);
  if (cause instanceof CodedError) return cause.code;
  const code = cause instanceof GraphQLError && cause.extensions['code'];
  if (typeof code === 'string') return code;
  return cause instanceof GraphQLError && isAboutRequest(cause, error) ? fallback : 'INTERNAL';
}

/**
 * graphql itself speaks of the request: syntax, validation, coercion of variables and arguments. What else it says while
 * it executes, of a type that can't be told or a value that can't be written, is a fault of ours.
 */
function isAboutRequest(cause: GraphQLError, error: unknown): boolean {
  const isExecuting = error instanceof GraphQLError && error.path !== undefined;
  return 'code' in cause.extensions || !isExecuting || cause.message.startsWith('Argument ');
}

/** True for what may carry words of the API. */
export function quotesUpstream(cause: unknown): boolean {
  if (cause instanceof TooManyJournalsError) return false;
  return cause instanceof Fault || cause instanceof Refusal || cause instanceof StreamError;
}

/** What was thrown first; graphql wraps it to say where. */
export function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function locate(error: unknown, said: string, extensions: Record<string, unknown>): GraphQLError {
  const message = shortMessage(said);
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const located = copyError(error, { message, extensions });
  // The cause has said all that it may.
  delete (located as { originalError?: unknown }).originalError;
  return located;
}
