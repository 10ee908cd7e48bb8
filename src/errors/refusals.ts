import type { Journal } from '../domain/journal.ts';

import { CodedError } from './CodedError.ts';

/**
 * Refusals: the API, or the gateway before sending, refused a mutation for a documented reason. Nothing was done. Each
 * is a member of the mutations' result unions; none is logged as a failure of the gateway.
 */

/** The contents of an error response. */
export interface UpstreamErrorDetails {
  /** The API's message, or the gateway's when there was none. */
  message: string;
  /** `X-Request-ID`; null when no call was made. */
  requestId: string | null;
  /** The API's code, such as 40310000. */
  upstreamCode: number | null;
}

/** The gateway's own refusals have only a message. */
export type RefusalDetails = Pick<UpstreamErrorDetails, 'message'> & Partial<UpstreamErrorDetails>;

export abstract class Refusal extends CodedError implements UpstreamErrorDetails {
  /** The code for fields without a result union. */
  override readonly code = 'UPSTREAM_REFUSED';
  readonly requestId: string | null;
  readonly upstreamCode: number | null;

  constructor({ message, requestId = null, upstreamCode = null }: RefusalDetails) {
    super(message);
    this.requestId = requestId;
    this.upstreamCode = upstreamCode;
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

/** 400, or an invalid input that the gateway did not send. */
export class InvalidRequestError extends Refusal {
  override readonly name = 'InvalidRequestError';
  readonly issues: InvalidRequestIssue[];
  /** True when the gateway refused the input; false when the API did. */
  readonly isBeforeSending: boolean;

  constructor(details: RefusalDetails, issues: InvalidRequestIssue[] = [], isBeforeSending = false) {
    super(details);
    this.issues = issues;
    this.isBeforeSending = isBeforeSending;
  }

  /** An input that the gateway did not send, with all its problems. */
  static beforeSending(issues: InvalidRequestIssue[]): InvalidRequestError {
    const message = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return new InvalidRequestError({ message }, issues, true);
  }
}

/** 403 with a message about a balance: the paying account has less cash than the journal moves. */
export class InsufficientBalanceError extends Refusal {
  override readonly name = 'InsufficientBalanceError';
}

/** 403 with a message about assets: the giving account holds fewer shares than the journal moves. */
export class InsufficientAssetsError extends Refusal {
  override readonly name = 'InsufficientAssetsError';
}

/** 404 on a create or a batch. */
export class AccountNotFoundError extends Refusal {
  override readonly name = 'AccountNotFoundError';
  /** The missing accounts; empty when the API does not name them. */
  readonly accountIds: string[];

  constructor(details: RefusalDetails, accountIds: string[]) {
    super(details);
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

  constructor(details: RefusalDetails, journalId: string) {
    super(details);
    this.journalId = journalId;
  }
}

/** A journal that `reverseJournal` does not reverse. Nothing was sent. */
export class JournalNotReversableError extends Refusal {
  override readonly name = 'JournalNotReversableError';
  /** The message is the gateway's own. */
  readonly isBeforeSending = true;
  readonly journal: Journal;

  constructor(message: string, journal: Journal) {
    super({ message });
    this.journal = journal;
  }
}

/** 422 on a create or a batch: the key has been used with a different body. */
export class IdempotencyConflictError extends Refusal {
  override readonly name = 'IdempotencyConflictError';
  readonly idempotencyKey: string;

  constructor(details: RefusalDetails, idempotencyKey: string) {
    super(details);
    this.idempotencyKey = idempotencyKey;
  }
}

/** Refused for another reason; see the API's message and code. */
export class OtherRefusalError extends Refusal {
  override readonly name = 'OtherRefusalError';
}
