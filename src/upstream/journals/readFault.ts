import type { Instant } from '../../domain/instant.ts';

import type { WireResponse } from '../transport/exchange.ts';
import {
  CredentialsRefusedError,
  RateLimitedError,
  UnexpectedResponseError,
  UpstreamUnavailableError,
} from '../../errors/faults.ts';
import type { Fault } from '../../errors/faults.ts';
import { readErrorBody } from '../transport/readErrorBody.ts';

/**
 * The fault for a response to a read that is neither a success nor documented for the endpoint.
 *
 * @param retryAt when to call again after a 429
 */
export function readFault(response: WireResponse, retryAt: Instant): Fault {
  const { message, summary, requestId, upstreamCode } = readErrorBody(response);
  const details = { requestId, upstreamCode };
  if (response.status === 429) return rateLimited(response, retryAt);
  if (response.status === 401) return new CredentialsRefusedError(`the Journals API refused: ${message}`, details);
  if (response.status >= 500) return new UpstreamUnavailableError(summary, details);
  return new UnexpectedResponseError(summary, details);
}

/** 429: nothing was done, whatever the request was. */
export function rateLimited(response: WireResponse, retryAt: Instant): RateLimitedError {
  const { message, requestId, upstreamCode } = readErrorBody(response);
  return new RateLimitedError(message, { requestId, upstreamCode, retryAt });
}
