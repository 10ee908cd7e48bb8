import { CodedError } from './CodedError.ts';

/** A subscription ended before its time; `cursor` is where to go on, null when nothing was delivered yet. */
export abstract class StreamError extends CodedError {
  readonly cursor: string | null;

  constructor(message: string, cursor: string | null, cause?: unknown) {
    super(message, { cause });
    this.cursor = cursor;
  }

  override get publicExtensions(): Record<string, unknown> {
    return { cursor: this.cursor };
  }
}

/** The client did not take what it was sent, and what it has not had is kept no more. Subscribe again after the cursor. */
export class SlowConsumerError extends StreamError {
  override readonly name = 'SlowConsumerError';
  override readonly code = 'SLOW_CONSUMER';

  constructor(cursor: string | null) {
    super('this subscriber did not take what it was sent: subscribe again after the cursor', cursor);
  }
}

/** The API no longer has the cursor's event, so nobody can say what came after it. Read the journals anew. */
export class CursorExpiredError extends StreamError {
  override readonly name = 'CursorExpiredError';
  override readonly code = 'CURSOR_EXPIRED';

  constructor(cursor: string) {
    super('the Event API no longer has the event of this cursor: what came after it is unknown', cursor);
  }
}

/** Too many replays are open and waiting. Try again after the cursor. */
export class TooManyReplaysError extends StreamError {
  override readonly name = 'TooManyReplaysError';
  override readonly code = 'RATE_LIMITED';

  constructor(cursor: string | null) {
    super('too many replays are under way: try again after the cursor', cursor);
  }
}

/** The subscriber's credential has ended. Come back with another one and subscribe again after the cursor. */
export class TokenExpiredError extends StreamError {
  override readonly name = 'TokenExpiredError';
  override readonly code = 'TOKEN_EXPIRED';

  constructor(cursor: string | null) {
    super('the credential of this subscription has ended: subscribe again after the cursor, with another one', cursor);
  }
}

/** What the subscription needs from the API can't be had now. Subscribe again after the cursor. */
export class StreamInterruptedError extends StreamError {
  override readonly name = 'StreamInterruptedError';
  override readonly code = 'UPSTREAM_UNAVAILABLE';
}
