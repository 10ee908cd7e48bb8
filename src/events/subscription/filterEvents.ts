import { messageOf } from '../../errors/messageOf.ts';
import { StreamError, StreamInterruptedError } from '../../errors/subscriptionErrors.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { WrappedReader } from '../feed/StatusReader.ts';
import type { StatusReader } from '../feed/StatusReader.ts';

/**
 * Filters events with an asynchronous check. If the check of an event throws, the subscription ends with the cursor
 * before this event, so that a client that subscribes again does not miss the event.
 *
 * @param startsAfter the subscriber's cursor before its first event
 */
export function filterEvents(
  source: StatusReader,
  passes: (positioned: PositionedEvent) => Promise<boolean>,
  startsAfter: string | null,
): StatusReader {
  let cursor = startsAfter;
  const check = async (positioned: PositionedEvent) => {
    try {
      return await passes(positioned);
    } catch (error) {
      await source.return?.();
      if (error instanceof StreamError) throw error;
      throw new StreamInterruptedError(`the accounts of a journal can't be read: ${messageOf(error)}`, cursor, error);
    }
  };
  return new WrappedReader(source, async () => {
    for (;;) {
      const result = await source.next();
      if (result.done) return result;
      if (!(await check(result.value))) continue;
      cursor = result.value.cursor;
      return result;
    }
  });
}
