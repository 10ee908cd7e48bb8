import type { PositionedEvent } from '../cursor/PositionedEvent.ts';

/** A subscriber's events, in order, and its position while it is idle. */
export interface StatusReader extends AsyncIterableIterator<PositionedEvent, undefined> {
  /**
   * The feed's cursor while the subscriber is idle: every event up to it was delivered or filtered out. Null while an
   * event is on its way to the subscriber.
   */
  readonly restingCursor: string | null;
}
