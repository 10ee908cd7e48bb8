import type { Instant } from '../domain/instant.ts';
import { CodedError } from './CodedError.ts';
import type { UnreadableJournal } from '../domain/unreadableJournal.ts';

/**
 * Faults: something broke between the gateway and the API. Only `src/upstream` throws them; each is logged.
 * On a mutation they are union members where the contract has one, on a read they are errors with a stable code.
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
  /** When trying again makes sense; null when nobody said. */
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
 * The API can't be reached. On a mutation it promises that nothing was sent (refused connection, no time left);
 * on a read it also covers answers that were lost, which there cost nothing but time.
 */
export class UpstreamUnavailableError extends Fault {
  override readonly name = 'UpstreamUnavailableError';
  override readonly code = 'UPSTREAM_UNAVAILABLE';
}

/** 429: nothing was done; `retryAt` is the reset time that the API told. */
export class RateLimitedError extends Fault {
  override readonly name = 'RateLimitedError';
  override readonly code = 'RATE_LIMITED';
}

/** 401: the gateway's own credentials don't hold. The operator's fault, not the caller's. */
export class CredentialsRefusedError extends Fault {
  override readonly name = 'CredentialsRefusedError';
  override readonly code = 'UPSTREAM_CREDENTIALS_REFUSED';
}

/** A read was refused with a status that its endpoint doesn't document. */
export class UnexpectedAnswerError extends Fault {
  override readonly name = 'UnexpectedAnswerError';
  override readonly code = 'UPSTREAM_REFUSED';
}

/** An answer came that can't be read as what the documents promise; the message names what is missing. */
export class ContractBrokenError extends Fault {
  override readonly name = 'ContractBrokenError';
  override readonly code = 'UPSTREAM_CONTRACT_BROKEN';
  // Not a field, which a log would print: it names accounts.
  readonly #journal: UnreadableJournal | null;

  constructor(message: string, { journal, ...details }: FaultDetails & { journal?: UnreadableJournal | null } = {}) {
    super(message, details);
    this.#journal = journal ?? null;
  }

  /** What can be read all the same, when it is one journal that can't be read. */
  get journal(): UnreadableJournal | null {
    return this.#journal;
  }
}

/** More journals of one day match than the API lists (100,000): the filter must be narrower. */
export class TooManyJournalsError extends Fault {
  override readonly name = 'TooManyJournalsError';
  override readonly code = 'TOO_MANY_JOURNALS';
}

/** The answer to a create or a batch was lost: it may or may not have been done. */
export class OutcomeUnknownError extends Fault {
  override readonly name = 'OutcomeUnknownError';
  override readonly code = 'OUTCOME_UNKNOWN';
  readonly idempotencyKey: string;

  constructor(message: string, idempotencyKey: string, details: FaultDetails) {
    super(message, details);
    this.idempotencyKey = idempotencyKey;
  }
}

/** The answer to a delete was lost. Repeating it is safe. */
export class DeleteOutcomeUnknownError extends Fault {
  override readonly name = 'DeleteOutcomeUnknownError';
  override readonly code = 'OUTCOME_UNKNOWN';
  readonly journalId: string;

  constructor(message: string, journalId: string, details: FaultDetails) {
    super(message, details);
    this.journalId = journalId;
  }
}
