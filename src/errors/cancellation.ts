import { CodedError } from './CodedError.ts';

/** An operation has reached its deadline: its reads are aborted, and no further work is started for it. */
export class DeadlineExceededError extends CodedError {
  override readonly name = 'DeadlineExceededError';
  override readonly code = 'DEADLINE_EXCEEDED';
  readonly deadlineMs: number;

  constructor(deadlineMs: number, consequence = 'its remaining reads were aborted') {
    super(`the operation has taken longer than ${deadlineMs / 1_000} s: ${consequence}`);
    this.deadlineMs = deadlineMs;
  }
}

/** The client has disconnected. */
export class AbandonedError extends CodedError {
  override readonly name = 'AbandonedError';
  override readonly code = 'ABANDONED';

  constructor() {
    super('the client has disconnected');
  }
}

/** The error for an operation whose signal was aborted. */
export function cancellationOf({ reason }: { readonly reason: unknown }): DeadlineExceededError | AbandonedError {
  return reason instanceof DeadlineExceededError ? reason : new AbandonedError();
}
