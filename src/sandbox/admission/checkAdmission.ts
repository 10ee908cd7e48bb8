import type { IncomingHttpHeaders } from 'node:http';

import { Refusal, invalid } from '../api/Refusal.ts';
import { type Answer, refusalAnswer } from '../api/Answer.ts';
import { idempotencyKeyOf } from '../api/ApiRequest.ts';
import type { Operation } from '../api/matchOperation.ts';
import type { Credentials } from './Credentials.ts';

const maxKeyLength = 128;

/**
 * Checks the head of a request: first the rate limit, then the credentials, then the idempotency key. The token
 * endpoint checks its own credentials.
 *
 * @returns the refusal, or null if the request is admitted
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
