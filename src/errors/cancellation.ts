import { CodedError } from './CodedError.ts';

/** An operation has taken as long as it may: what it was reading is given up, and nothing more is begun for it. */
export class DeadlineExceededError extends CodedError {
  override readonly name = 'DeadlineExceededError';
  override readonly code = 'DEADLINE_EXCEEDED';
  readonly deadlineMs: number;

  constructor(deadlineMs: number, consequence = 'what it was still reading was given up') {
    super(`the operation has taken longer than ${deadlineMs / 1_000} s: ${consequence}`);
    this.deadlineMs = deadlineMs;
  }
}

/** Nobody waits for it any more. */
export class AbandonedError extends CodedError {
  override readonly name = 'AbandonedError';
  override readonly code = 'ABANDONED';

  constructor() {
    super('nobody waits for it any more');
  }
}

/** Why something was given up, told to whoever asked for it. */
export function cancellationOf({ reason }: AbortSignal): DeadlineExceededError | AbandonedError {
  return reason instanceof DeadlineExceededError ? reason : new AbandonedError();
}
