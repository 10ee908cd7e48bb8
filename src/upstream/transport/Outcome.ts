import { messageOf } from '../../errors/messageOf.ts';

import { NotSentError, ResponseLostError } from './exchange.ts';
import type { WireResponse } from './exchange.ts';
import { readErrorBody, requestIdOf } from './readErrorBody.ts';

/**
 * What is known about a call that has ended. Every result of every endpoint is exactly one of these, and this file alone
 * decides which. docs/money.md describes them to callers.
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
  /** An earlier attempt of the same call was lost: it may have been processed, or may still be in progress. */
  isAfterLost: boolean;
}

export interface Done<Result> {
  kind: 'done';
  result: Result;
}

/** It may or may not have been done. */
export interface Unknown {
  kind: 'unknown';
  /** What was received, for operators and callers. */
  message: string;
  requestId: string | null;
  upstreamCode: number | null;
  /** Null when there was no complete response. */
  response: WireResponse | null;
  cause?: unknown;
}

/** @param decode reads the body of a 2xx; if it throws, the outcome is unknown: something was done, but not what is known */
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

/** @throws any error that `exchange` does not throw: it is a bug, not an outcome */
export function outcomeOfFailure(error: unknown): NotSent | Unknown {
  if (error instanceof NotSentError) return { kind: 'neverSent', error };
  if (!(error instanceof ResponseLostError)) throw error;
  const message = `the response was lost: ${error.message}`;
  return { kind: 'unknown', message, requestId: error.requestId, upstreamCode: null, response: null, cause: error };
}

/**
 * The outcome of the whole call, when a retry follows a lost attempt. A refused retry may be refused because of what the
 * lost attempt did. A retry that was not sent, or was refused before its content was judged, leaves the call lost.
 */
export function outcomeAfterLost<Result>(lost: Unknown | null, outcome: Outcome<Result>): Outcome<Result> {
  if (!lost || outcome.kind === 'done' || outcome.kind === 'unknown') return outcome;
  if (outcome.kind === 'neverSent' || !isAboutTheRequest(outcome.response)) return lost;
  return { ...outcome, isAfterLost: true };
}

/**
 * A 5xx may follow the commit, a redirect or a 408 may come from a proxy, and a 409 may concern an identical request in
 * progress: none of them proves that nothing was done.
 */
function isUndecided(status: number): boolean {
  return status >= 500 || (status >= 300 && status < 400) || status === 408 || status === 409;
}

/** Credentials and the rate limit are checked before the request is, and a page comes from a proxy. */
function isAboutTheRequest(response: WireResponse): boolean {
  return response.status !== 401 && response.status !== 429 && !readErrorBody(response).isPage;
}
