import { LRUCache } from 'lru-cache';

import type { Instant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { StatusEventsClient, StatusStream } from '../upstream/StatusEventsClient.ts';
import { UpstreamUnavailableError } from '../upstream/faults.ts';

import { encodeEventCursor, eventMs, isBehind } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import type { PositionedEvent } from './PositionedEvent.ts';
import { PositionTracker } from './PositionTracker.ts';
import { CursorExpiredError } from './streamErrors.ts';

export interface HistoryRange {
  /** Only events behind this position. The API must still have its event, else nobody knows what is missing. */
  after?: EventPosition | undefined;
  /** Only events at or after this moment. */
  since?: Instant | undefined;
  /** Only events up to this moment: the stream ends there. */
  until: Instant;
}

/** Past events, read from the Event API's bounded streams. */
export class StatusHistory {
  readonly #client: StatusEventsClient;

  constructor(client: StatusEventsClient) {
    this.#client = client;
  }

  /**
   * Events of the range, oldest first as the API replays them. Whoever stops reading closes the stream.
   *
   * @param signal ends the reading at once
   * @throws CursorExpiredError | Fault
   */
  async *read({ after, since, until }: HistoryRange, signal: AbortSignal): AsyncGenerator<PositionedEvent, void> {
    const sinceMs = since === undefined ? -Infinity : Date.parse(since);
    const untilMs = Math.min(Date.parse(until), Date.now());
    const bounds = { since: streamStart(after?.ms ?? sinceMs), until: streamEnd(untilMs) };
    const stream = await this.#client.open(bounds, signal);
    try {
      const tracker = new PositionTracker(after);
      for await (const event of eventsOf(stream, after)) {
        const ms = eventMs(event);
        if (ms < sinceMs || ms > untilMs || (after && !isBehind(after, event))) continue;
        yield tracker.advance(event);
      }
    } finally {
      stream.close();
    }
  }
}

/** Bounds are asked for a little wider and decided here: whether the API includes them is undocumented. */
const marginMs = 2_000;

function streamStart(ms: number): Instant {
  return new Date(Math.max(0, ms - marginMs)).toISOString();
}

/** A bound in the future would keep the stream open until then. */
function streamEnd(ms: number): Instant {
  return new Date(Math.min(ms + marginMs, Date.now())).toISOString();
}

/** The stream's events, each once; nothing behind a cursor is let out before the cursor's own event was seen. */
async function* eventsOf(
  stream: StatusStream,
  after: EventPosition | undefined,
): AsyncGenerator<JournalStatusEvent, void> {
  const seen = new LRUCache<string, true>({ max: 10_000 });
  const held: JournalStatusEvent[] = [];
  let anchored = after === undefined || after.ids.length === 0;
  for await (const item of stream.items) {
    if (item.kind === 'lossy')
      throw new UpstreamUnavailableError(`the Event API lost part of a replay: ${item.comment}`);
    if (item.kind === 'unreadable') throw item.error;
    if (item.kind !== 'event' || seen.has(item.event.id)) continue;
    const { event } = item;
    seen.set(event.id, true);
    anchored ||= after?.ids.includes(event.id) ?? true;
    held.push(event);
    // Events of one millisecond may come in any order: the anchor may be among the next few.
    if (!anchored && after && (held.length > 10_000 || eventMs(event) > after.ms + marginMs)) break;
    if (anchored) yield* held.splice(0);
  }
  if (!anchored && after) throw new CursorExpiredError(encodeEventCursor(after));
  yield* held;
}
