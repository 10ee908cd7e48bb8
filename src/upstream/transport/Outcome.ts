import { messageOf } from '../../errors/messageOf.ts';

import { NotSentError, ResponseLostError } from './exchange.ts';
import type { WireResponse } from './exchange.ts';
import { readErrorBody, requestIdOf } from './readErrorBody.ts';

/**
 * What is known about a call that has ended. Each call of each endpoint has exactly one of these four outcomes, which
 * only this file determines. docs/money.md describes the outcomes for callers.
 */
export type Outcome<Result> = NotSent | Refused | Done<Result> | Unknown;

/** No byte of the request was written: nothing was done. */
export interface NotSent {
  kind: 'neverSent';
  error: NotSentError;
}

/** The API, or a proxy in front of it, refused the request: this call did nothing. */
export interface Refused {
  kind: 'refused';
  response: WireResponse;
  /** Whether an earlier attempt of this call was lost. That attempt may have been processed, or may be in progress. */
  isAfterLost: boolean;
}

export interface Done<Result> {
  kind: 'done';
  result: Result;
}

/** The API may or may not have done what the request asks for. */
export interface Unknown {
  kind: 'unknown';
  /** Describes what was received, for operators and callers. */
  message: string;
  requestId: string | null;
  upstreamCode: number | null;
  /** Null when there was no complete response. */
  response: WireResponse | null;
  cause?: unknown;
}

/**
 * Determines the outcome of a call from its response.
 *
 * @param decode reads the body of a 2xx. If it throws, the outcome is unknown: what the API did cannot be read
 */
export function outcomeOf<Result>(response: WireResponse, decode: (response: WireResponse) => Result): Outcome<Result> {
  if (isUndecided(response.status)) {
    const { summary: message, requestId, upstreamCode } = readErrorBody(response);
    return { kind: 'unknown', message, requestId, upstreamCode, response };
  }
  if (response.status >= 300) return { kind: 'refused', response, isAfterLost: false };
  try {
    return { kind: 'done', result: decode(response) };
  } catch (cause) {
    const message = `the response cannot be read: ${messageOf(cause)}`;
    return { kind: 'unknown', message, requestId: requestIdOf(response), upstreamCode: null, response, cause };
  }
}

/**
 * Determines the outcome of a call without a response.
 *
 * @throws `error` itself if it is neither a `NotSentError` nor a `ResponseLostError`, since it then comes from a bug
 */
export function outcomeOfFailure(error: unknown): NotSent | Unknown {
  if (error instanceof NotSentError) return { kind: 'neverSent', error };
  if (!(error instanceof ResponseLostError)) throw error;
  const message = `the response was lost: ${error.message}`;
  return { kind: 'unknown', message, requestId: error.requestId, upstreamCode: null, response: null, cause: error };
}

/**
 * Determines the outcome of a whole call from the outcome of its last attempt. If an earlier attempt was lost, the API
 * may have refused the retry because of what the lost attempt did. If the retry was not sent, or was refused before the
 * API checked its content, the retry says nothing about the lost attempt: the outcome stays unknown.
 */
export function outcomeAfterLost<Result>(lost: Unknown | null, outcome: Outcome<Result>): Outcome<Result> {
  if (!lost || outcome.kind === 'done' || outcome.kind === 'unknown') return outcome;
  if (outcome.kind === 'neverSent' || !isAboutTheRequest(outcome.response)) return lost;
  return { ...outcome, isAfterLost: true };
}

/**
 * Whether the request may have been processed despite an error status: the API may send a 5xx after it has committed, a
 * redirect or a 408 may come from a proxy, and a 409 may mean that an identical request is in progress.
 */
function isUndecided(status: number): boolean {
  return status >= 500 || (status >= 300 && status < 400) || status === 408 || status === 409;
}

/** Whether the API has checked the content of a refused request: not for a 401, a 429 or a page from a proxy. */
function isAboutTheRequest(response: WireResponse): boolean {
  return response.status !== 401 && response.status !== 429 && !readErrorBody(response).isPage;
}
