import { instantKey, instantMs } from '../domain/instant.ts';
import type { Instant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/ApiClock.ts';
import { UpstreamUnavailableError } from '../upstream/faults.ts';
import type { StatusEventsClient, StatusStream } from '../upstream/StatusEventsClient.ts';

import { encodeEventCursor, isAnchor, isBehind, isReal } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import { justBefore, stampOf } from './eventStamp.ts';
import type { PositionedEvent } from './PositionedEvent.ts';
import { PositionTracker } from './PositionTracker.ts';
import { ReplayWatch } from './ReplayWatch.ts';
import { LeftBehindError } from './SharedStream.ts';
import { SharedReplays } from './SharedReplays.ts';
import type { ReplayBounds, SharedReplaysOptions } from './SharedReplays.ts';
import { CursorExpiredError } from './streamErrors.ts';
import type { KnownPast } from './StatusHub.ts';

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
  /** It goes before all others that wait for a replay; see `ReplayBounds`. */
  isUrgent?: boolean | undefined;
  /** How long to listen for more once all that was known has come, in ms. */
  caughtUpMs: number;
  /** Told of an event that can't be read. It is left out, as the feed does: else nobody would ever get past it. */
  onUnreadable?: ((error: unknown) => void) | undefined;
}

/** How long a replay may bring nothing, in ms; an end that lies a second ahead of the API's clock is waited for. */
export const silenceMs = 5_000;
/** Bounds are asked for a little wider and decided here: whether the API includes them is undocumented. */
const marginMs = 2_000;

/** Past events, read from the Event API's bounded streams. */
export class StatusHistory {
  readonly #clock: ApiClock;
  readonly #log: Log;
  readonly #replays: SharedReplays;

  constructor(client: StatusEventsClient, clock: ApiClock, log: Log, options?: SharedReplaysOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#replays = new SharedReplays(client, options);
  }

  /** Replays that have an upstream stream. */
  get openReplays(): number {
    return this.#replays.taken;
  }

  /**
   * Events of the range, oldest first as the API replays them. Whoever stops reading closes the stream, or leaves it to
   * those who share it.
   *
   * @param signal ends the reading at once
   * @throws CursorExpiredError | TooManyReplaysError | Fault
   */
  async *read(range: HistoryRange, signal: AbortSignal): AsyncGenerator<PositionedEvent, void> {
    const tracker = trackerOf(range);
    let last: PositionedEvent | null = null;
    for (let isAlone = false; ; isAlone = true) {
      const rest = last ? { ...range, after: last.position } : range;
      const { isUrgent } = range;
      const bounds = this.#bounds(rest);
      if (bounds.sinceMs > bounds.untilMs) return;
      try {
        const stream = await this.#replays.open({ ...bounds, isAlone, isUrgent }, signal);
        for await (const event of eventsOf(stream, rest, (error) => this.#leaveOut(error, range))) {
          if (!isInside(event, rest)) continue;
          last = tracker.advance(event);
          yield last;
        }
        // Whoever waits for all of it must not take a part for that.
        if (signal.aborted) throw new UpstreamUnavailableError('a replay was given up');
        return;
      } catch (error) {
        // It reads more slowly than those it shared a stream with, and goes on with one of its own.
        if (!(error instanceof LeftBehindError)) throw error;
      }
    }
  }

  #leaveOut(error: unknown, { onUnreadable }: HistoryRange): void {
    this.#log.error({ err: error }, 'past status event that can not be read was left out');
    onUnreadable?.(error);
  }

  #bounds({ after, since, until, known, upToMs = Infinity }: HistoryRange): ReplayBounds {
    const startMs = after ? startOf(after) : since === undefined ? 0 : instantMs(since);
    const untilMs = until === undefined ? Infinity : instantMs(until) + marginMs;
    // What has been told has happened, whatever the clocks say.
    const nowMs = Math.max(this.#clock.latestNow(), (known?.ms ?? 0) + marginMs);
    return { sinceMs: Math.max(0, startMs - marginMs), untilMs: Math.min(untilMs, upToMs, nowMs) };
  }
}

/** Nothing before the range counts as missing. */
function trackerOf({ after, since }: HistoryRange): PositionTracker {
  if (after) return new PositionTracker(after);
  return PositionTracker.behind(since === undefined ? -Infinity : justBefore(instantMs(since)));
}

/**
 * Where a replay has to begin to bring all that is behind the position. One that names no event is told by a clock
 * only, and an event may be told later than it happened.
 */
function startOf(position: EventPosition): number {
  return isReal(position) ? Math.min(position.floorMs, position.ms - 1) : position.ms - 10_000; // 10 seconds
}

/** The ids of what is known to have happened in the range: a replay of it has to bring them. */
function knownInside(range: HistoryRange): string[] {
  const inside = range.known?.recent.filter((event) => isInside(event, range)) ?? [];
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
 * The stream's events; nothing behind a cursor is let out before the cursor's own event was seen.
 * Ends with the stream, or when all that was known has come and no more follows. Closes the stream.
 */
async function* eventsOf(
  stream: StatusStream,
  range: HistoryRange,
  leaveOut: (error: unknown) => void,
): AsyncGenerator<JournalStatusEvent, void> {
  const { after, known, caughtUpMs } = range;
  const missing = new Set(knownInside(range));
  const held: JournalStatusEvent[] = [];
  let anchored = !after || !isReal(after);
  // Not before the cursor's own event: a slow replay would be cut short, and the cursor taken for expired.
  const isCaughtUp = () => anchored && missing.size === 0 && (known?.recent.length ?? 0) > 0;
  const watch = new ReplayWatch(stream, { silenceMs, caughtUpMs });
  try {
    for await (const item of stream.items) {
      if (item.kind === 'lossy') throw new UpstreamUnavailableError(`a replay lost events: ${item.comment}`);
      if (item.kind === 'unreadable') {
        leaveOut(item.error);
        watch.heard(isCaughtUp());
      }
      if (item.kind !== 'event') continue;
      const { event } = item;
      missing.delete(event.id);
      anchored ||= !after || isAnchor(after, event);
      watch.heard(isCaughtUp());
      // A shared stream may begin long before this reader's part of it.
      if (!after || isBehind(after, event)) held.push(event);
      // Events of one millisecond may come in any order: the anchor may be among the next few.
      if (!anchored && after && (held.length > 10_000 || stampOf(event).ms > after.ms + marginMs)) break;
      if (anchored) {
        // How long the reader takes is no silence of the API's.
        watch.stop();
        yield* held.splice(0);
        watch.heard(isCaughtUp());
      }
      if (caughtUpMs === 0 && isCaughtUp()) break;
    }
    if (watch.isDead) throw new UpstreamUnavailableError('the Event API fell silent in the middle of a replay');
    // One that ended before it came to anything behind the cursor proves nothing of the cursor's event.
    if (!anchored && after && (held.length > 0 || missing.size === 0)) {
      throw new CursorExpiredError(encodeEventCursor(after));
    }
    if (missing.size > 0) throw new UpstreamUnavailableError('a replay ended too early');
    yield* held;
  } finally {
    watch.stop();
    stream.close();
  }
}
