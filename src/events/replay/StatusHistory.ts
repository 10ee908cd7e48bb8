import { UpstreamUnavailableError } from '../../errors/faults.ts';
import { CursorExpiredError } from '../../errors/subscriptionErrors.ts';
import { instantKey, instantMs } from '../../domain/instant.ts';
import type { Instant } from '../../domain/instant.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import type { Log } from '../../log.ts';
import type { ApiClock } from '../../upstream/transport/ApiClock.ts';
import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

import { encodeEventCursor } from '../cursor/eventCursor.ts';
import { beginningAt, hasEvents, isAfter, isAhead } from '../cursor/eventPosition.ts';
import type { EventPosition, HubOffset } from '../cursor/eventPosition.ts';
import { justBefore, stampOf } from '../cursor/eventStamp.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { EventPositioner } from '../cursor/EventPositioner.ts';
import type { ExpectedPast } from '../feed/StatusHub.ts';
import { ReplayStart } from './ReplayStart.ts';
import { ReplayWatch } from './ReplayWatch.ts';
import type { ReplayBounds, SharedReplays } from './SharedReplays.ts';
import { LeftBehindError } from './SharedStream.ts';

export interface HistoryRange {
  /**
   * Only events after this position. The range fails with `CursorExpiredError` if the API has none of the position's
   * events any more.
   */
  after?: EventPosition | undefined;
  /**
   * The reader gets the events after this offset elsewhere. Only the shared log has offsets; other readers ignore this.
   */
  upTo?: HubOffset | undefined;
  /** Called with the position `after` once names have replaced its digest; see `resolveDigest`. */
  onResolved?: ((after: EventPosition) => void) | undefined;
  /** Called with every event of the replay, including those outside of the range. */
  onSeen?: ((event: JournalStatusEvent) => void) | undefined;
  /** How far before the range the replay begins, in ms. `onSeen` gets these earlier events, too. */
  lookBackMs?: number | undefined;
  /** Only events at or after this moment. */
  since?: Instant | undefined;
  /** Only events at or before this moment. Defaults to now. */
  until?: Instant | undefined;
  /** The stream may end at this moment, in Unix ms. */
  upToMs?: number | undefined;
  /** The past is complete once all of these events have arrived. */
  expected?: ExpectedPast | null | undefined;
  /** Whether this replay is opened before all replays that wait; see `ReplayBounds`. */
  isUrgent?: boolean | undefined;
  /** How long to wait for further events once all expected events have arrived, in ms. */
  caughtUpMs: number;
  /**
   * Called with the error of each unreadable event. Unreadable events are skipped, or no reader could get past them.
   */
  onUnreadable?: ((error: unknown) => void) | undefined;
}

/** Reads past events, oldest first. */
export interface PastReader {
  /** @throws CursorExpiredError | TooManyReplaysError | Fault */
  read(range: HistoryRange, signal: AbortSignal): AsyncGenerator<PositionedEvent, void>;
}

/**
 * How much wider than the reader's range the requested range is, in ms: the API does not document whether a range
 * includes its bounds. The exact bounds are applied here.
 */
const marginMs = 2_000;
/** How far before a position without events the replay begins, in ms: an event may arrive later than it happened. */
const beginningLatenessMs = 10_000;

/** Reads past events from the Event API's bounded streams. */
export class StatusHistory implements PastReader {
  readonly #clock: ApiClock;
  readonly #log: Log;
  readonly #replays: SharedReplays;

  constructor(replays: SharedReplays, clock: ApiClock, log: Log) {
    this.#log = log;
    this.#clock = clock;
    this.#replays = replays;
  }

  /**
   * Reads the events of the range in the order of the API's replay, oldest first. If the reader returns early, the
   * stream is closed, unless other readers share it.
   *
   * @param signal ends the read at once
   * @throws CursorExpiredError | TooManyReplaysError | Fault
   */
  async *read(range: HistoryRange, signal: AbortSignal): AsyncGenerator<PositionedEvent, void> {
    const { after, since } = range;
    const start = after ?? beginningAt(since === undefined ? -Infinity : justBefore(instantMs(since)));
    const positioner = new EventPositioner(() => this.#clock.latestNow(), start);
    let last: PositionedEvent | null = null;
    for (let isAlone = false; ; isAlone = true) {
      const rest = last ? { ...range, after: last.position } : range;
      const bounds = this.#bounds(rest);
      if (bounds.sinceMs > bounds.untilMs && !this.#isAhead(rest)) return;
      try {
        const stream = await this.#open(rest, isAlone, signal);
        for await (const event of readEvents(stream, rest, this.#log)) {
          if (!isInside(event, rest)) continue;
          last = positioner.advance(event);
          yield last;
        }
        // An aborted stream ends like a complete one, but the range was not read to its end.
        if (signal.aborted) throw new UpstreamUnavailableError('a replay was aborted');
        return;
      } catch (error) {
        // A reader that was left behind continues with a stream of its own.
        if (!(error instanceof LeftBehindError)) throw error;
      }
    }
  }

  /** @throws CursorExpiredError for a position ahead of the API's clock: the events after that position are unknown */
  async #open(range: HistoryRange, isAlone: boolean, signal: AbortSignal): Promise<StatusStream> {
    for (;;) {
      const wasAhead = this.#isAhead(range);
      const { sinceMs, untilMs } = this.#bounds(range);
      const bounds = { sinceMs: Math.min(sinceMs, untilMs), untilMs, isAlone, isUrgent: range.isUrgent };
      const stream = await this.#replays.open(bounds, signal);
      // The API's clock may have been set back. The response has updated the gateway's estimate of this clock.
      const isStillAhead = this.#isAhead(range);
      if (!wasAhead && !isStillAhead) return stream;
      stream.close();
      if (isStillAhead && range.after) throw new CursorExpiredError(encodeEventCursor(range.after));
    }
  }

  #isAhead(range: HistoryRange): boolean {
    return range.after !== undefined && isAhead(range.after, this.#nowMs(range));
  }

  /** The API's time, and at least the time of the latest event, since the clocks of the API's hosts may differ. */
  #nowMs({ expected }: HistoryRange): number {
    return Math.max(this.#clock.latestNow(), (expected?.ms ?? 0) + marginMs);
  }

  #bounds(range: HistoryRange): ReplayBounds {
    const { after, since, until, lookBackMs = 0, upToMs = Infinity } = range;
    const startMs = after ? startOf(after) - lookBackMs : since === undefined ? 0 : instantMs(since);
    const untilMs = until === undefined ? Infinity : instantMs(until) + marginMs;
    return { sinceMs: Math.max(0, startMs - marginMs), untilMs: Math.min(untilMs, upToMs, this.#nowMs(range)) };
  }
}

/** Returns when a replay has to begin to contain everything after the position. */
function startOf(position: EventPosition): number {
  return hasEvents(position) ? Math.min(position.floorMs, position.ms - 1) : position.ms - beginningLatenessMs;
}

function isInside(event: JournalStatusEvent, { after, since, until }: HistoryRange): boolean {
  const key = instantKey(event.at);
  return (
    (since === undefined || key >= instantKey(since)) &&
    (until === undefined || key <= instantKey(until)) &&
    (!after || isAfter(event, after))
  );
}

/**
 * Reads the events of a stream and closes the stream at the end. Ends when the stream ends, or earlier when all
 * expected events have arrived and no further events follow. If the range begins after a cursor, events are buffered
 * until the replay has contained an event that was delivered before the cursor.
 */
async function* readEvents(
  stream: StatusStream,
  range: HistoryRange,
  log: Log,
): AsyncGenerator<JournalStatusEvent, void> {
  const { after, expected, caughtUpMs, onSeen, onResolved, onUnreadable } = range;
  const recent = expected?.recent ?? [];
  const missing = new Set(recent.filter((event) => isInside(event, range)).map(({ id }) => id));
  const buffered: JournalStatusEvent[] = [];
  const start = after && hasEvents(after) ? new ReplayStart(after) : null;
  const maxBuffered = 10_000 + (after?.digest?.count ?? 0);
  // False until the cursor's own event has arrived: otherwise a slow replay would be closed before this event, and the
  // cursor would count as expired.
  const isCaughtUp = () => start?.isPassed !== false && missing.size === 0 && recent.length > 0;
  const isNew = (event: JournalStatusEvent) => !after || isAfter(event, start?.resolved ?? after);
  const watch = new ReplayWatch(stream, caughtUpMs);
  try {
    for await (const item of stream.items) {
      if (item.kind === 'heartbeat') continue;
      if (item.kind === 'lossy') throw new UpstreamUnavailableError(`a replay lost events: ${item.comment}`);
      if (item.kind === 'unreadable') {
        log.error({ err: item.error }, 'unreadable past status event skipped');
        onUnreadable?.(item.error);
      }
      if (item.kind === 'event') {
        const { event } = item;
        missing.delete(event.id);
        start?.see(event);
        onSeen?.(event);
        // A shared stream may begin long before this reader's range.
        if (isNew(event)) buffered.push(event);
        // Events of one millisecond may arrive in any order: the cursor's event may be among the next few.
        const isBeyond = after && stampOf(event).ms > after.ms + marginMs;
        if (start?.isMissing && (isBeyond || buffered.length > maxBuffered)) break;
      }
      // The watch stops while the reader works: the time that the reader takes is not silence of the API.
      watch.stop();
      if (!start?.isMissing && buffered.length > 0) {
        if (start) onResolved?.(start.resolved);
        yield* buffered.splice(0).filter(isNew);
      }
      if (caughtUpMs === 0 && isCaughtUp()) break;
      watch.restart(isCaughtUp());
    }
    if (watch.hasFailed) throw new UpstreamUnavailableError('the Event API fell silent in the middle of a replay');
    start?.settle();
    // The API no longer has the cursor's event only if the replay went past the cursor without this event.
    if (start?.isMissing && after && (buffered.length > 0 || missing.size === 0)) {
      throw new CursorExpiredError(encodeEventCursor(after));
    }
    if (missing.size > 0) throw new UpstreamUnavailableError('a replay ended before all events had arrived');
    if (start) onResolved?.(start.resolved);
    yield* buffered.filter(isNew);
  } finally {
    watch.stop();
    stream.close();
  }
}
