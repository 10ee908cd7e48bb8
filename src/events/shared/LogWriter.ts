import { Notifier } from '../../concurrency/Notifier.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import type { Log } from '../../log.ts';
import type { StatusEventsClient } from '../../upstream/events/StatusEventsClient.ts';
import type { ApiClock } from '../../upstream/transport/ApiClock.ts';

import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import type { FeedState } from '../feed/Feed.ts';
import { PublishedIds } from '../feed/PublishedIds.ts';
import { StatusFeed } from '../feed/StatusFeed.ts';
import type { FeedSink, FeedStart } from '../feed/StatusFeed.ts';

import type { EventLog, LoggedEvent } from './EventLog.ts';
import type { LogState } from './LogState.ts';

export interface LogWriterOptions {
  events: EventLog;
  client: StatusEventsClient;
  clock: ApiClock;
  log: Log;
  /** The state of the log when the lease was granted. */
  state: LogState;
  /** What this gateway has already published: a log that has not begun continues from there. */
  own: FeedStart | undefined;
  /** Called once the time since which the log is complete, in Unix ms, is stored in the log. */
  onBegun: (ms: number) => void;
  /** Called once, when the writer can no longer append. */
  onFailure: (error: unknown) => void;
}

/** Maximum number of events that wait to be appended. While the queue is full, the stream is not read. */
const maxQueued = 2_000;
/** Maximum number of events per append command. */
const maxAtOnce = 200;

/**
 * Reads the upstream stream on the gateway that holds the lease, and appends its events to the shared log. The first
 * failed append is final, for example because another gateway holds the lease now.
 */
export class LogWriter implements FeedSink {
  readonly #options: LogWriterOptions;
  readonly #feed: StatusFeed;
  readonly #begunAt = performance.now();
  readonly #trimTimer: NodeJS.Timeout;
  readonly #room = new Notifier();
  #state: LogState;
  #queue: LoggedEvent[] = [];
  #publishedMs: number;
  #isAppending = false;
  #hasFailed = false;

  constructor(options: LogWriterOptions) {
    const { events, client, clock, log, state, own } = options;
    this.#options = options;
    this.#state = state;
    this.#publishedMs = state.publishedMs ?? -Infinity;
    const start = startOf(state, own);
    if (start) this.begin(start.beganMs);
    this.#feed = new StatusFeed(client, this, clock, log, start);
    this.#feed.start();
    // Entries that can't be dropped now are dropped next time.
    this.#trimTimer = setInterval(() => void events.trim().catch(() => undefined), events.trimIntervalMs);
  }

  get state(): FeedState {
    return this.#feed.state;
  }

  get ageMs(): number {
    return performance.now() - this.#begunAt;
  }

  /** Fulfilled once the stream is open or has failed to open. */
  get firstAttempt(): Promise<void> {
    return this.#feed.firstAttempt;
  }

  begin(openedMs: number): void {
    if (this.#hasFailed || this.#state.beganMs !== null) return;
    this.#state = { ...this.#state, beganMs: openedMs };
    const { events, onBegun } = this.#options;
    const noted = events.begin(openedMs).then(() => onBegun(openedMs));
    noted.catch((error: unknown) => this.#fail(error));
  }

  publish(event: JournalStatusEvent, isOverlap: boolean): void {
    if (this.#hasFailed) return;
    const pastMs = Math.min(stampOf(event).ms, this.#options.clock.latestNow());
    this.#publishedMs = Math.max(this.#publishedMs, pastMs);
    this.#queue.push({ event, pastMs, publishedMs: this.#publishedMs, isOverlap });
    if (!this.#isAppending) void this.#append();
  }

  untilRoom(): Promise<void> | null {
    return this.#queue.length < maxQueued || this.#hasFailed ? null : this.#room.next();
  }

  /** Discards the events that were not appended: the stream of the next holder of the lease repeats them. */
  async close(): Promise<void> {
    clearInterval(this.#trimTimer);
    this.#stop();
    await this.#feed.close();
  }

  async #append(): Promise<void> {
    this.#isAppending = true;
    try {
      while (this.#queue.length > 0) {
        const entries = this.#queue.splice(0, maxAtOnce);
        this.#state = { ...this.#state, count: await this.#options.events.append(this.#state, entries) };
        if (this.#queue.length < maxQueued) this.#room.notify();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isAppending = false;
    }
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#stop();
    this.#options.onFailure(error);
  }

  #stop(): void {
    this.#hasFailed = true;
    this.#queue = [];
    this.#room.notify();
  }
}

/**
 * Returns where the stream has to start; undefined for live events only. A log that has not begun begins two minutes
 * before this gateway's last event, since other gateways may be slightly behind.
 */
function startOf({ beganMs, publishedMs, evictedMs }: LogState, own: FeedStart | undefined): FeedStart | undefined {
  if (beganMs !== null) return { beganMs, publishedMs, published: new PublishedIds(evictedMs) };
  const lastMs = own?.publishedMs ?? null;
  return lastMs === null
    ? undefined
    : { beganMs: lastMs - latenessMs, publishedMs: lastMs, published: new PublishedIds() };
}
