import { RedisUnavailableError } from '../../redis/RedisUnavailableError.ts';

import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { EventPositioner } from '../cursor/EventPositioner.ts';
import type { StatusHub } from '../feed/StatusHub.ts';
import type { HistoryRange, PastReader } from '../replay/StatusHistory.ts';

import { LogChangedError } from './EventLog.ts';
import type { EventLog } from './EventLog.ts';

/** Reads past events from the shared log as far as the log has them, and the rest from the API. */
export class LoggedHistory implements PastReader {
  readonly #api: PastReader;
  readonly #log: EventLog;
  readonly #hub: StatusHub;

  constructor(api: PastReader, log: EventLog, hub: StatusHub) {
    this.#api = api;
    this.#log = log;
    this.#hub = hub;
  }

  async *read(range: HistoryRange, signal: AbortSignal): AsyncGenerator<PositionedEvent, void> {
    const { after, upTo } = range;
    const span = after?.offset && upTo && this.#hub.offsets.span(after.offset, upTo);
    let last: PositionedEvent | null = null;
    if (span) {
      const positioner = new EventPositioner(this.#hub.now, after);
      try {
        for await (const { number, event } of this.#log.entries(span.from, span.to)) {
          // Ends when the reader has left, since 100,000 entries may follow.
          signal.throwIfAborted();
          last = positioner.advance(event, { hub: upTo.hub, published: number });
          yield last;
        }
        return;
      } catch (error) {
        if (!(error instanceof LogChangedError || error instanceof RedisUnavailableError)) throw error;
      }
    }
    yield* this.#api.read(last ? { ...range, after: last.position } : range, signal);
  }
}
