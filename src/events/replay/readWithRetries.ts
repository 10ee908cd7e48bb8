import { pause } from '../../concurrency/waitFor.ts';
import { UpstreamUnavailableError } from '../../errors/faults.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { StreamBackoff } from '../feed/StreamBackoff.ts';
import type { HistoryRange, PastReader } from './StatusHistory.ts';

/** The number of consecutive failures, without an event in between, after which a replay fails. */
const maxFailures = 3;
/** The longest pause before a retry, in ms. */
const maxPauseMs = 1_000;

/**
 * Reads past events. After a failure, resumes reading after the last event.
 *
 * @throws CursorExpiredError | TooManyReplaysError | Fault
 */
export async function* readWithRetries(
  history: PastReader,
  range: HistoryRange,
  signal: AbortSignal,
): AsyncGenerator<PositionedEvent, void> {
  const backoff = new StreamBackoff(maxPauseMs);
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
      const canRetry = error instanceof UpstreamUnavailableError && !signal.aborted;
      if (!canRetry || backoff.failures >= maxFailures) throw error;
      await pause(pauseMs, signal);
    }
  }
}
