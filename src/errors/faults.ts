import type { Instant } from '../domain/instant.ts';
import { CodedError } from './CodedError.ts';
import type { UnreadableJournal } from '../domain/unreadableJournal.ts';

/**
 * Faults: something broke between the gateway and the API. Only `src/upstream` throws them, and each is logged. In a
 * mutation they are members of the result union where the schema has one for them; in a query they are errors with a
 * stable code.
 */

export interface FaultDetails {
  requestId?: string | null;
  upstreamCode?: number | null;
  retryAt?: Instant | null;
  cause?: unknown;
}

export abstract class Fault extends CodedError {
  readonly requestId: string | null;
  readonly upstreamCode: number | null;
  /** When to retry; null when unknown. */
  readonly retryAt: Instant | null;

  constructor(message: string, details: FaultDetails = {}) {
    super(message, { cause: details.cause });
    this.requestId = details.requestId ?? null;
    this.upstreamCode = details.upstreamCode ?? null;
    this.retryAt = details.retryAt ?? null;
  }

  override get publicExtensions(): Record<string, unknown> {
    const { requestId, upstreamCode, retryAt } = this;
    return { requestId, upstreamCode, retryAt };
  }
}

/**
 * The API cannot be reached. For a mutation this means that nothing was sent: the connection was refused, or no time
 * was left. For a read it includes lost responses, which are harmless there.
 */
export class UpstreamUnavailableError extends Fault {
  override readonly name = 'UpstreamUnavailableError';
  override readonly code = 'UPSTREAM_UNAVAILABLE';
}

/** 429: nothing was done. `retryAt` is the reset time that the API sent. */
export class RateLimitedError extends Fault {
  override readonly name = 'RateLimitedError';
  override readonly code = 'RATE_LIMITED';
}

/** 401: the API rejects the gateway's own credentials, which the operator must correct. */
export class CredentialsRefusedError extends Fault {
  override readonly name = 'CredentialsRefusedError';
  override readonly code = 'UPSTREAM_CREDENTIALS_REFUSED';
}

/** The response to a read has a status that its endpoint does not document. */
export class UnexpectedResponseError extends Fault {
  override readonly name = 'UnexpectedResponseError';
  override readonly code = 'UPSTREAM_REFUSED';
}

/** A response does not have the documented form. The message names the field. */
export class ContractBrokenError extends Fault {
  override readonly name = 'ContractBrokenError';
  override readonly code = 'UPSTREAM_CONTRACT_BROKEN';
  // Private, since the log prints public fields and this one contains account ids.
  readonly #journal: UnreadableJournal | null;

  constructor(message: string, { journal, ...details }: FaultDetails & { journal?: UnreadableJournal | null } = {}) {
    super(message, details);
    this.#journal = journal ?? null;
  }

  /** The readable part, when the error concerns a single journal. */
  get journal(): UnreadableJournal | null {
    return this.#journal;
  }
}

/** More journals of one day match than the API can list (100,000). The filter must be narrower. */
export class TooManyJournalsError extends Fault {
  override readonly name = 'TooManyJournalsError';
  override readonly code = 'TOO_MANY_JOURNALS';
}

/** The response to a create or a batch was lost: the journals may or may not have been created. */
export class OutcomeUnknownError extends Fault {
  override readonly name = 'OutcomeUnknownError';
  override readonly code = 'OUTCOME_UNKNOWN';
  readonly idempotencyKey: string;

  constructor(message: string, idempotencyKey: string, details: FaultDetails) {
    super(message, details);
    this.idempotencyKey = idempotencyKey;
  }
}

/** The response to a delete was lost. Repeating the delete is safe. */
export class DeleteOutcomeUnknownError extends Fault {
  override readonly name = 'DeleteOutcomeUnknownError';
  override readonly code = 'OUTCOME_UNKNOWN';
  readonly journalId: string;

  constructor(message: string, journalId: string, details: FaultDetails) {
    super(message, details);
    this.journalId = journalId;
  }
}
