import { CodedError } from './CodedError.ts';

/**
 * Refusals: the API (or the gateway, where it is certain) said no, and says why. Nothing was done.
 * Each is a member of the mutations' result unions; none is logged as a failure of the gateway.
 */

/** What an answer of the API tells besides its status. */
export interface UpstreamErrorDetails {
  /** The API's own words, or the gateway's where it gave none. */
  message: string;
  /** `X-Request-ID`; null when no call was made. */
  requestId: string | null;
  /** The API's own code, e.g. 40310000. */
  upstreamCode: number | null;
}

export abstract class Refusal extends CodedError implements UpstreamErrorDetails {
  /** Where a field has no result union. */
  override readonly code = 'UPSTREAM_REFUSED';
  readonly requestId: string | null;
  readonly upstreamCode: number | null;

  constructor(words: UpstreamErrorDetails) {
    super(words.message);
    this.requestId = words.requestId;
    this.upstreamCode = words.upstreamCode;
  }

  override get publicExtensions(): Record<string, unknown> {
    const { requestId, upstreamCode } = this;
    return { requestId, upstreamCode };
  }
}

export interface InvalidRequestIssue {
  /** The input's path, e.g. `['input', 'jnlc', 'amount']`. */
  path: string[];
  message: string;
}

/** 400, or seen before sending. Whose fault: the caller's. */
export class InvalidRequestError extends Refusal {
  override readonly name = 'InvalidRequestError';
  readonly issues: InvalidRequestIssue[];
  /** True where the gateway says it, about what it was given; false where the API does. */
  readonly isBeforeSending: boolean;

  constructor(words: UpstreamErrorDetails, issues: InvalidRequestIssue[] = [], isBeforeSending = false) {
    super(words);
    this.issues = issues;
    this.isBeforeSending = isBeforeSending;
  }

  /** All problems of an input that the gateway saw before sending. */
  static beforeSending(issues: InvalidRequestIssue[]): InvalidRequestError {
    const message = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return new InvalidRequestError({ message, requestId: null, upstreamCode: null }, issues, true);
  }
}

/** 403 whose words speak of a balance: the paying account has less cash than the journal moves. */
export class InsufficientBalanceError extends Refusal {
  override readonly name = 'InsufficientBalanceError';
}

/** 403 whose words speak of assets: the giving account holds fewer shares than the journal moves. */
export class InsufficientAssetsError extends Refusal {
  override readonly name = 'InsufficientAssetsError';
}

/** 404 on a create or a batch. */
export class AccountNotFoundError extends Refusal {
  override readonly name = 'AccountNotFoundError';
  /** Those known to be missing; empty when the API doesn't say. */
  readonly accountIds: string[];

  constructor(words: UpstreamErrorDetails, accountIds: string[]) {
    super(words);
    this.accountIds = accountIds;
  }
}

/** 404 on a delete. */
export class JournalNotFoundError extends Refusal {
  override readonly name = 'JournalNotFoundError';
}

/** 422 on a delete: only a pending journal can be deleted. */
export class JournalNotDeletableError extends Refusal {
  override readonly name = 'JournalNotDeletableError';
  readonly journalId: string;

  constructor(words: UpstreamErrorDetails, journalId: string) {
    super(words);
    this.journalId = journalId;
  }
}

/** 422 on a create or a batch: the key was used before, with another body. */
export class IdempotencyConflictError extends Refusal {
  override readonly name = 'IdempotencyConflictError';
  readonly idempotencyKey: string;

  constructor(words: UpstreamErrorDetails, idempotencyKey: string) {
    super(words);
    this.idempotencyKey = idempotencyKey;
  }
}

/** Refused for a reason that this gateway has no word for; the API's own words and code say more. */
export class OtherRefusalError extends Refusal {
  override readonly name = 'OtherRefusalError';
}
