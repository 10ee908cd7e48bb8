import type { IncomingHttpHeaders } from 'node:http';

import { Refusal, invalid } from '../api/Refusal.ts';
import { type Answer, refusalAnswer } from '../api/Answer.ts';
import { idempotencyKeyOf } from '../api/ApiRequest.ts';
import type { Operation } from '../api/matchOperation.ts';
import type { Credentials } from './Credentials.ts';

const maxKeyLength = 128;

/**
 * Checks a request before its body is read: first the rate limit, then the credentials, then the length of the
 * idempotency key. A request to the token endpoint has its credentials in the body, so they are not checked here.
 *
 * @returns the response to a refused request, or null if the request is admitted
 */
export function checkAdmission(
  operation: Operation,
  headers: IncomingHttpHeaders,
  isWithinRateLimit: boolean,
  credentials: Credentials,
): Answer | null {
  if (!isWithinRateLimit) return refusalAnswer(new Refusal(429, 'rate limit exceeded'));
  const refusal = operation === 'token' ? null : credentials.check(headers.authorization);
  if (refusal) return refusal;
  if ((idempotencyKeyOf(operation, headers)?.length ?? 0) <= maxKeyLength) return null;
  return refusalAnswer(invalid(`Idempotency-Key must have at most ${maxKeyLength} characters`));
}
