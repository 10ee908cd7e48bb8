import { LRUCache } from 'lru-cache';

import { instantKey, instantMs } from '../domain/instant.ts';
import type { Instant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { ApiClock } from '../upstream/ApiClock.ts';
import { UpstreamUnavailableError } from '../upstream/faults.ts';
import type { StatusEventsClient, StatusStream } from '../upstream/StatusEventsClient.ts';

import { encodeEventCursor, eventMs, isBehind, isReal } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import type { PositionedEvent } from './PositionedEvent.ts';
import { PositionTracker } from './PositionTracker.ts';
import { ReplayWatch } from './ReplayWatch.ts';
import { CursorExpiredError } from './streamErrors.ts';
import type { KnownPast } from './StatusHub.ts';
import { StreamSlots } from './StreamSlots.ts';

export interface HistoryRange {
  /** Only events behind this position. The API must still have its event, else nobody knows what is missing. */
  after?: EventPosition | undefined;
  /** Only events at or after this moment. */
  since?: Instant | undefined;
  /** Only events up to this moment; without one, up to now. */
  until?: Instant | undefined;
  /** The stream need not go beyond this moment, in unix ms. */
  upToMs?: number | undefined;
  /** What is known already to have happened: when all of it has come, the past has been read. */
  known?: KnownPast | null | undefined;
  /** How long to listen for more once all that was known has come, in ms. */
  caughtUpMs: number;
}

/** How long a replay may bring nothing, in ms; an end that lies a second ahead of the API's clock is waited for. */
const silenceMs = 5_000;
/** Bounds are asked for a little wider and decided here: whether the API includes them is undocumented. */
const marginMs = 2_000;

/** Past events, read from the Event API's bounded streams. */
export class StatusHistory {
  readonly #client: StatusEventsClient;
  readonly #clock: ApiClock;
  readonly #slots = new StreamSlots();

  constructor(client: StatusEventsClient, clock: ApiClock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Events of the range, oldest first as the API replays them. Whoever stops reading closes the stream.
   *
   * @param signal ends the reading at once
   * @throws CursorExpiredError | TooManyReplaysError | Fault
   */
  async *read(range: HistoryRange, signal: AbortSignal): AsyncGenerator<PositionedEvent, void> {
    const bounds = this.#bounds(range);
    if (bounds.since > bounds.until) return;
    const release = await this.#slots.take(signal);
    try {
      const stream = await this.#client.open(bounds, signal);
      const tracker = new PositionTracker(range.after);
      for await (const event of eventsOf(stream, range)) {
        if (isInside(event, range)) yield tracker.advance(event);
      }
    } finally {
      release();
    }
  }

  /** As strings of one form: they compare as the moments do. */
  #bounds({ after, since, until, known, upToMs = Infinity }: HistoryRange): { since: Instant; until: Instant } {
    const start = after ? after.ms - latenessOf(after) : since === undefined ? 0 : instantMs(since);
    const untilMs = until === undefined ? Infinity : instantMs(until) + marginMs;
    // What has been told has happened, whatever the clocks say.
    const now = Math.max(this.#clock.latestNow(), (known?.ms ?? 0) + marginMs);
    const end = Math.min(untilMs, upToMs, now);
    return { since: asInstant(start - marginMs), until: asInstant(end) };
  }
}

/** A position that names no event is told by a clock only, and an event may be told later than it happened. */
function latenessOf(position: EventPosition): number {
  return isReal(position) ? 0 : 10_000; // 10 seconds
}

function asInstant(ms: number): Instant {
  return new Date(Math.max(0, ms)).toISOString();
}

/** The ids of what is known to have happened in the range: a replay of it has to bring them. */
function knownInside({ after, since, until, known }: HistoryRange): string[] {
  const startMs = after ? after.ms : since === undefined ? 0 : instantMs(since);
  const endMs = until === undefined ? Infinity : instantMs(until);
  const inside = known?.recent.filter(({ ms }) => ms > startMs && ms < endMs) ?? [];
  return inside.map(({ id }) => id);
}

function isInside(event: JournalStatusEvent, { after, since, until }: HistoryRange): boolean {
  const key = instantKey(event.at);
  return (
    (since === undefined || key >= instantKey(since)) &&
    (until === undefined || key <= instantKey(until)) &&
    (!after || isBehind(after, event))
  );
}

/**
 * The stream's events, each once; nothing behind a cursor is let out before the cursor's own event was seen.
 * Ends with the stream, or when all that was known has come and no more follows. Closes the stream.
 */
async function* eventsOf(stream: StatusStream, range: HistoryRange): AsyncGenerator<JournalStatusEvent, void> {
  const { after, known, caughtUpMs } = range;
  const seen = new LRUCache<string, true>({ max: 10_000 });
  const missing = new Set(knownInside(range));
  const held: JournalStatusEvent[] = [];
  let anchored = !after || !isReal(after);
  // Not before the cursor's own event: a slow replay would be cut short, and the cursor taken for expired.
  const isCaughtUp = () => anchored && missing.size === 0 && (known?.recent.length ?? 0) > 0;
  const watch = new ReplayWatch(stream, { silenceMs, caughtUpMs });
  try {
    for await (const item of stream.items) {
      if (item.kind === 'lossy') throw new UpstreamUnavailableError(`a replay lost events: ${item.comment}`);
      if (item.kind === 'unreadable') throw item.error;
      if (item.kind !== 'event') continue;
      const { event } = item;
      missing.delete(event.id);
      anchored ||= after?.ids.includes(event.id) ?? true;
      watch.heard(isCaughtUp());
      if (seen.has(event.id)) continue;
      seen.set(event.id, true);
      held.push(event);
      // Events of one millisecond may come in any order: the anchor may be among the next few.
      if (!anchored && after && (held.length > 10_000 || eventMs(event) > after.ms + marginMs)) break;
      if (anchored) {
        // How long the reader takes is no silence of the API's.
        watch.stop();
        yield* held.splice(0);
        watch.heard(isCaughtUp());
      }
      if (caughtUpMs === 0 && isCaughtUp()) break;
    }
    if (watch.isDead) throw new UpstreamUnavailableError('the Event API fell silent in the middle of a replay');
    if (!anchored && after) throw new CursorExpiredError(encodeEventCursor(after));
    if (missing.size > 0) throw new UpstreamUnavailableError('a replay ended too early');
    yield* held;
  } finally {
    watch.stop();
    stream.close();
  }
}
