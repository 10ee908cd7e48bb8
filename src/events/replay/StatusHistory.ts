import { instantKey, instantMs } from '../../domain/instant.ts';
import type { Instant } from '../../domain/instant.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import type { Log } from '../../log.ts';
import type { ApiClock } from '../../upstream/transport/ApiClock.ts';
import { UpstreamUnavailableError } from '../../errors/faults.ts';
import type { StatusEventsClient, StatusStream } from '../../upstream/events/StatusEventsClient.ts';

import { encodeEventCursor } from '../cursor/eventCursor.ts';
import { isAhead, isBehind, isReal } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { justBefore, stampOf } from '../cursor/eventStamp.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { PositionTracker } from '../cursor/PositionTracker.ts';
import { ReplayStart } from './ReplayStart.ts';
import { ReplayWatch } from './ReplayWatch.ts';
import { LeftBehindError } from './SharedStream.ts';
import { SharedReplays } from './SharedReplays.ts';
import type { ReplayBounds, SharedReplaysOptions } from './SharedReplays.ts';
import { CursorExpiredError } from '../../errors/streamErrors.ts';
import type { KnownPast } from '../feed/StatusHub.ts';

export interface HistoryRange {
  /** Only events behind this position. The API must still have its event, else nobody knows what is missing. */
  after?: EventPosition | undefined;
  /** Is told which events that position means, where only a replay can show it; see `CrowdSearch`. */
  onResolved?: ((after: EventPosition) => void) | undefined;
  /** Is told each event that the replay brings, those that the range leaves out too. */
  onSeen?: ((event: JournalStatusEvent) => void) | undefined;
  /** How far before the range the replay begins, in ms: for `onSeen`. */
  lookBackMs?: number | undefined;
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
    const tracker = this.#trackerOf(range);
    let last: PositionedEvent | null = null;
    for (let isAlone = false; ; isAlone = true) {
      const rest = last ? { ...range, after: last.position } : range;
      const bounds = this.#bounds(rest);
      if (bounds.sinceMs > bounds.untilMs && !this.#isAhead(rest)) return;
      try {
        const stream = await this.#open(rest, isAlone, signal);
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

  /** @throws CursorExpiredError for a position ahead of the API's clock: it does not tell what has happened since */
  async #open(range: HistoryRange, isAlone: boolean, signal: AbortSignal): Promise<StatusStream> {
    for (;;) {
      const wasAhead = this.#isAhead(range);
      const { sinceMs, untilMs } = this.#bounds(range);
      const bounds = { sinceMs: Math.min(sinceMs, untilMs), untilMs, isAlone, isUrgent: range.isUrgent };
      const stream = await this.#replays.open(bounds, signal);
      // The answer has told the API's time, and the clock may have been moved since it was last told.
      const isStillAhead = this.#isAhead(range);
      if (!wasAhead && !isStillAhead) return stream;
      stream.close();
      if (isStillAhead && range.after) throw new CursorExpiredError(encodeEventCursor(range.after));
    }
  }

  #isAhead(range: HistoryRange): boolean {
    return range.after !== undefined && isAhead(range.after, this.#nowMs(range));
  }

  /** What has been told has happened, whatever the clocks say. */
  #nowMs({ known }: HistoryRange): number {
    return Math.max(this.#clock.latestNow(), (known?.ms ?? 0) + marginMs);
  }

  #bounds(range: HistoryRange): ReplayBounds {
    const { after, since, until, lookBackMs = 0, upToMs = Infinity } = range;
    const startMs = after ? startOf(after) - lookBackMs : since === undefined ? 0 : instantMs(since);
    const untilMs = until === undefined ? Infinity : instantMs(until) + marginMs;
    return { sinceMs: Math.max(0, startMs - marginMs), untilMs: Math.min(untilMs, upToMs, this.#nowMs(range)) };
  }

  /** Nothing before the range counts as missing. */
  #trackerOf({ after, since }: HistoryRange): PositionTracker {
    const now = () => this.#clock.latestNow();
    if (after) return new PositionTracker({ now, start: after });
    return PositionTracker.behind(since === undefined ? -Infinity : justBefore(instantMs(since)), now);
  }
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
 * The stream's events; nothing behind a cursor is let out before an event was seen that the cursor says was delivered.
 * Ends with the stream, or when all that was known has come and no more follows. Closes the stream.
 */
async function* eventsOf(
  stream: StatusStream,
  range: HistoryRange,
  leaveOut: (error: unknown) => void,
): AsyncGenerator<JournalStatusEvent, void> {
  const { after, known, caughtUpMs, onSeen } = range;
  const missing = new Set(knownInside(range));
  const held: JournalStatusEvent[] = [];
  const start = after && isReal(after) ? new ReplayStart(after) : null;
  const maxHeld = 10_000 + (after?.crowd?.count ?? 0);
  // Not before the cursor's own event: a slow replay would be cut short, and the cursor taken for expired.
  const isCaughtUp = () => start?.isPassed !== false && missing.size === 0 && (known?.recent.length ?? 0) > 0;
  const isNews = (event: JournalStatusEvent) => !after || isBehind(start?.resolved ?? after, event);
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
      start?.see(event);
      onSeen?.(event);
      watch.heard(isCaughtUp());
      // A shared stream may begin long before this reader's part of it.
      if (isNews(event)) held.push(event);
      // Events of one millisecond may come in any order: the cursor's event may be among the next few.
      if (after && start?.isMissing && (held.length > maxHeld || stampOf(event).ms > after.ms + marginMs)) break;
      if (!start?.isMissing) {
        // How long the reader takes is no silence of the API's.
        watch.stop();
        if (start) range.onResolved?.(start.resolved);
        yield* held.splice(0).filter(isNews);
        watch.heard(isCaughtUp());
      }
      if (caughtUpMs === 0 && isCaughtUp()) break;
    }
    if (watch.isDead) throw new UpstreamUnavailableError('the Event API fell silent in the middle of a replay');
    start?.settle();
    // One that ended before it came to anything behind the cursor proves nothing of the cursor's event.
    if (start?.isMissing && after && (held.length > 0 || missing.size === 0)) {
      throw new CursorExpiredError(encodeEventCursor(after));
    }
    if (missing.size > 0) throw new UpstreamUnavailableError('a replay ended too early');
    if (start) range.onResolved?.(start.resolved);
    yield* held.filter(isNews);
  } finally {
    watch.stop();
    stream.close();
  }
}
