import { ResponseLostError, NotSentError } from './exchange.ts';
import type { WireAnswer } from './exchange.ts';
import { readErrorBody, requestIdOf } from './readErrorBody.ts';
import { messageOf } from '../../errors/messageOf.ts';

/**
 * What is known of a call that has ended. Every ending of every endpoint is exactly one of these, by the rules of this
 * file and by nothing else; docs/money.md tells them to callers.
 */
export type Outcome<Result> = NotSent | Refused | Done<Result> | Unknown;

/** No byte of the request was written: nothing was done. */
export interface NotSent {
  kind: 'neverSent';
  error: NotSentError;
}

/** The API, or something in front of it, said no: nothing was done by this call. */
export interface Refused {
  kind: 'refused';
  answer: WireAnswer;
  /** An earlier attempt of the same call may have been processed, or may still be under way. */
  isRepeat: boolean;
}

export interface Done<Result> {
  kind: 'done';
  result: Result;
}

/** It may or may not have been done. */
export interface Unknown {
  kind: 'unknown';
  /** What came, for an operator and a caller to read. */
  message: string;
  requestId: string | null;
  upstreamCode: number | null;
  /** Null when none came, or not all of it. */
  answer: WireAnswer | null;
  cause?: unknown;
}

/** @param decode reads the body of a 2xx; what it throws leaves the outcome unknown: something was done, what, can't be read */
export function outcomeOf<Result>(answer: WireAnswer, decode: (answer: WireAnswer) => Result): Outcome<Result> {
  if (isUndecided(answer.status)) {
    const { said, requestId, upstreamCode } = readErrorBody(answer);
    return { kind: 'unknown', message: said, requestId, upstreamCode, answer };
  }
  if (answer.status >= 300) return { kind: 'refused', answer, isRepeat: false };
  try {
    return { kind: 'done', result: decode(answer) };
  } catch (cause) {
    const message = `the answer can't be read: ${messageOf(cause)}`;
    const requestId = requestIdOf(answer);
    return { kind: 'unknown', message, requestId, upstreamCode: null, answer, cause };
  }
}

/** @throws what neither of the two errors is: a bug, and no outcome */
export function outcomeOfFailure(error: unknown): NotSent | Unknown {
  if (error instanceof NotSentError) return { kind: 'neverSent', error };
  if (!(error instanceof ResponseLostError)) throw error;
  const message = `the answer was lost: ${error.message}`;
  return { kind: 'unknown', message, requestId: error.requestId, upstreamCode: null, answer: null, cause: error };
}

/**
 * What a repeat's outcome says of the call as a whole, once an earlier attempt was lost. A refusal is about what the
 * earlier attempt left; what is judged before the request is, or was never sent, says nothing of it.
 */
export function inLightOf<Result>(lost: Unknown | null, outcome: Outcome<Result>): Outcome<Result> {
  if (!lost || outcome.kind === 'done' || outcome.kind === 'unknown') return outcome;
  if (outcome.kind === 'neverSent' || !isAboutTheRequest(outcome.answer)) return lost;
  return { ...outcome, isRepeat: true };
}

/**
 * A 5xx may come after the commit, a redirect or a 408 from something in between, and a 409 from a twin that is still
 * under way: none of them says that nothing was done.
 */
function isUndecided(status: number): boolean {
  return status >= 500 || (status >= 300 && status < 400) || status === 408 || status === 409;
}

/** Credentials and the rate limit are judged before the request is, and a page was written by something in between. */
function isAboutTheRequest(answer: WireAnswer): boolean {
  return answer.status !== 401 && answer.status !== 429 && !readErrorBody(answer).isPage;
}
