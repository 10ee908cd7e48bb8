import { CodedError } from './CodedError.ts';

/**
 * A subscription ended early. Resume after `cursor`, which is null if nothing was delivered yet. docs/architecture.md,
 * "An event", lists the places that end subscriptions.
 */
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

/** The client did not read, and the gateway no longer keeps its next events. Subscribe again after the cursor. */
export class SlowConsumerError extends StreamError {
  override readonly name = 'SlowConsumerError';
  override readonly code = 'SLOW_CONSUMER';

  constructor(cursor: string | null) {
    super('this subscriber did not read its events in time: subscribe again after the cursor', cursor);
  }
}

/** The API no longer has the cursor's event, so what follows it is unknown. Read the journals again. */
export class CursorExpiredError extends StreamError {
  override readonly name = 'CursorExpiredError';
  override readonly code = 'CURSOR_EXPIRED';

  constructor(cursor: string) {
    super('the Event API no longer has the event of this cursor: the events after it are unknown', cursor);
  }
}

/** Too many subscribers are waiting for a replay. Try again after the cursor. */
export class TooManyReplaysError extends StreamError {
  override readonly name = 'TooManyReplaysError';
  override readonly code = 'RATE_LIMITED';

  constructor(cursor: string | null) {
    super('too many replays are in progress: try again after the cursor', cursor);
  }
}

/** The subscriber's credential has ended. Authenticate again and subscribe after the cursor. */
export class TokenExpiredError extends StreamError {
  override readonly name = 'TokenExpiredError';
  override readonly code = 'TOKEN_EXPIRED';

  constructor(cursor: string | null) {
    super('the credential of this subscription has ended: subscribe after the cursor with a new one', cursor);
  }
}

/** The API can't provide what the subscription needs. Subscribe again after the cursor. */
export class StreamInterruptedError extends StreamError {
  override readonly name = 'StreamInterruptedError';
  override readonly code = 'UPSTREAM_UNAVAILABLE';
}
