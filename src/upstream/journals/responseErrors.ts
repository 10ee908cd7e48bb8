import type { Instant } from '../../domain/instant.ts';
import type { JournalEntryType } from '../../domain/journal.ts';
import { uuidsIn } from '../../domain/uuid.ts';
import {
  CredentialsRefusedError,
  Fault,
  RateLimitedError,
  UnexpectedResponseError,
  UpstreamUnavailableError,
} from '../../errors/faults.ts';
import {
  AccountNotFoundError,
  IdempotencyConflictError,
  InsufficientAssetsError,
  InsufficientBalanceError,
  InvalidRequestError,
  JournalNotDeletableError,
  JournalNotFoundError,
  OtherRefusalError,
} from '../../errors/refusals.ts';
import type { Refusal, UpstreamErrorDetails } from '../../errors/refusals.ts';

import type { NotSentError, WireResponse } from '../transport/exchange.ts';
import { readErrorBody } from '../transport/readErrorBody.ts';

/** The facts about a request that determine the type of its refusal. */
export interface RequestFacts {
  entryType: JournalEntryType;
  accountIds: string[];
  idempotencyKey: string;
}

interface Details extends UpstreamErrorDetails {
  /** Whether a proxy wrote the response. The status is then not the API's. */
  isPage: boolean;
}

/** Returns the refusal that a status stands for; null if it stands for none of the documented refusals. */
type Meaning<Context> = (details: Details, facts: Context) => Refusal | null;

/** The refusals of `POST /v1/journals/reverse_batch`: no 422, since this endpoint documents no idempotency keys. */
export const reverseBatchRefusals: Record<number, Meaning<RequestFacts>> = {
  400: (details) => new InvalidRequestError(details, [{ path: ['input'], message: details.message }]),
  403: insufficientCash,
  404: (details, facts) => new AccountNotFoundError(details, missingAccounts(details, facts)),
};

/** The refusals of `POST /v1/journals/batch`. */
export const batchRefusals: Record<number, Meaning<RequestFacts>> = {
  ...reverseBatchRefusals,
  422: (details, facts) => (isAboutKey(details) ? new IdempotencyConflictError(details, facts.idempotencyKey) : null),
};

/** The refusals of `POST /v1/journals`. */
export const createRefusals: Record<number, Meaning<RequestFacts>> = { ...batchRefusals, 403: insufficient };

/** The refusals of `DELETE /v1/journals/{id}`. */
export const deleteRefusals: Record<number, Meaning<{ journalId: string }>> = {
  400: (details) => new InvalidRequestError(details, [{ path: ['id'], message: details.message }]),
  404: (details) => new JournalNotFoundError(details),
  422: (details, { journalId }) => new JournalNotDeletableError(details, journalId),
};

/**
 * Returns the refusal for a 4xx response, from the table of the endpoint, since a status means different things at
 * different endpoints. A status that is not in the table becomes an `OtherRefusalError` with the API's message.
 */
export function refusalOf<Context>(
  table: Record<number, Meaning<Context>>,
  status: number,
  details: Details,
  facts: Context,
): Refusal {
  const refusal = details.isPage ? null : table[status]?.(details, facts);
  return refusal ?? new OtherRefusalError(details);
}

/**
 * Returns the refusal for a 403; null if its reason is not a lack of cash or securities. Other reasons, such as a
 * missing permission or a blocked account, may also have the code 40310000, so the code is used only if there is no
 * message. The word "insufficient" alone proves nothing, since permissions can be insufficient as well.
 */
function insufficient(details: Details, { entryType }: RequestFacts): Refusal | null {
  const text = details.message.toLowerCase();
  if (details.upstreamCode === 40_310_000 && /without a message$/.test(text)) {
    return entryType === 'JNLS' ? new InsufficientAssetsError(details) : new InsufficientBalanceError(details);
  }
  const isShortage =
    /insufficient|not (?:have |hold )?(?:enough|sufficient)|exceeds?\b.*\b(?:available|balance|holding|position)/.test(
      text,
    );
  if (!isShortage || /permission|privilege|scope|\brights?\b|authori[sz]/.test(text)) return null;
  if (/balance|\bfunds?\b|\bcash\b|buying power/.test(text)) return new InsufficientBalanceError(details);
  return /asset|share|\bqty\b|quantit|position|holding|securit/.test(text)
    ? new InsufficientAssetsError(details)
    : null;
}

/** Like `insufficient`, for batches: they move only cash, so their result unions have no member for assets. */
function insufficientCash(details: Details, facts: RequestFacts): Refusal | null {
  const refusal = insufficient(details, facts);
  return refusal instanceof InsufficientBalanceError ? refusal : null;
}

/**
 * Whether a 422 means that the key was used with a different input. The documented message is "idempotency key
 * violation: at least one field in the request has changed from the first request".
 */
function isAboutKey(details: Details): boolean {
  return /idempoten|first request|without a message$/i.test(details.message);
}

function missingAccounts(details: Details, { accountIds }: RequestFacts): string[] {
  const named = new Set(uuidsIn(details.message));
  return [...new Set(accountIds)].filter((id) => named.has(id.toLowerCase()));
}

/**
 * Returns the fault for an error response to a read that the endpoint does not document.
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

/** Returns the fault for a 429, which means that the API has done nothing, whatever the request was. */
export function rateLimited(response: WireResponse, retryAt: Instant): RateLimitedError {
  const { message, requestId, upstreamCode } = readErrorBody(response);
  return new RateLimitedError(message, { requestId, upstreamCode, retryAt });
}

/** Returns the fault for a call that was not sent: the gateway held the call back, or the API was unreachable. */
export function notSent(error: NotSentError): Fault {
  if (error.cause instanceof Fault) return error.cause;
  return new UpstreamUnavailableError(`nothing was sent: ${error.message}`, { cause: error });
}

/** Whether the message of a list's 422 means that too many journals match; true if there is no message. */
export function isAboutTooMany(response: WireResponse): boolean {
  return /many|more than|exceed|limit|narrow|reduce|range|records|\d{4,}|without a message$/i.test(
    readErrorBody(response).message,
  );
}
