import type { Instant } from '../../domain/instant.ts';

import type { WireAnswer } from '../transport/exchange.ts';
import {
  CredentialsRefusedError,
  RateLimitedError,
  UnexpectedAnswerError,
  UpstreamUnavailableError,
} from '../../errors/faults.ts';
import type { Fault } from '../../errors/faults.ts';
import { readErrorBody } from '../transport/readErrorBody.ts';

/**
 * What an answer to a read means that is neither what was asked for nor documented for its endpoint.
 *
 * @param retryAt when calls are welcome again
 */
export function readFault(answer: WireAnswer, retryAt: Instant): Fault {
  const { message, said, requestId, upstreamCode } = readErrorBody(answer);
  const details = { requestId, upstreamCode };
  if (answer.status === 429) return rateLimited(answer, retryAt);
  if (answer.status === 401) return new CredentialsRefusedError(`the Journals API refused: ${message}`, details);
  if (answer.status >= 500) return new UpstreamUnavailableError(said, details);
  return new UnexpectedAnswerError(said, details);
}

/** 429: nothing was done, whatever was asked. */
export function rateLimited(answer: WireAnswer, retryAt: Instant): RateLimitedError {
  const { message, requestId, upstreamCode } = readErrorBody(answer);
  return new RateLimitedError(message, { requestId, upstreamCode, retryAt });
}
