import type { PositionedEvent } from '../cursor/PositionedEvent.ts';

/** A subscriber's events, in order, and its position while it is idle. `next` is called again only after it has settled. */
export interface StatusReader extends AsyncIterableIterator<PositionedEvent, undefined> {
  /**
   * The feed's cursor while the subscriber is idle: every event up to it was delivered or filtered out. Null while an
   * event is on its way to the subscriber.
   */
  readonly restingCursor: string | null;
}

/** A reader with a `next` of its own that ends with its source. */
export function wrapReader(
  source: StatusReader,
  next: () => Promise<IteratorResult<PositionedEvent, undefined>>,
  onReturn?: () => void,
): StatusReader {
  const reader: StatusReader = {
    get restingCursor() {
      return source.restingCursor;
    },
    next,
    return: async () => {
      onReturn?.();
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => reader,
  };
  return reader;
}
