import { setTimeout as wait } from 'node:timers/promises';

import { UpstreamUnavailableError } from '../../errors/faults.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { HistoryRange, StatusHistory } from './StatusHistory.ts';
import { StreamBackoff } from '../feed/StreamBackoff.ts';

/** A replay that has broken so often, without an event between, is given up. */
const maxFailures = 3;
/** The longest pause before one that broke is taken up again, in ms. */
const longestPauseMs = 1_000;

/**
 * Past events as `StatusHistory` has them; a replay that breaks is taken up again behind the last event that it brought.
 *
 * @throws CursorExpiredError | TooManyReplaysError | Fault
 */
export async function* readWithRetries(
  history: StatusHistory,
  range: HistoryRange,
  signal: AbortSignal,
): AsyncGenerator<PositionedEvent, void> {
  const backoff = new StreamBackoff(longestPauseMs);
  let last: PositionedEvent | null = null;
  for (;;) {
    try {
      for await (const positioned of history.read(last ? { ...range, after: last.position } : range, signal)) {
        last = positioned;
        backoff.succeed();
        yield positioned;
      }
      return;
    } catch (error) {
      const pauseMs = backoff.pauseMs(error);
      const isBroken = error instanceof UpstreamUnavailableError && !signal.aborted;
      if (!isBroken || backoff.failures >= maxFailures) throw error;
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
