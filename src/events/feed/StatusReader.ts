import type { PositionedEvent } from '../cursor/PositionedEvent.ts';

/** A subscriber's events, in order, and where it stands while none come. */
export interface StatusReader extends AsyncIterableIterator<PositionedEvent, undefined> {
  /**
   * Where the feed stands, while the subscriber waits for more and nothing waits for it: whatever happened up to there
   * was handed out, or is not for this subscriber. Null at every other moment.
   */
  readonly restingCursor: string | null;
}
