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
  /** What this gateway has published itself: a log without events continues it. */
  own: FeedStart | undefined;
  /** Called when it has noted in the log since when the log is complete, in ms. */
  onBegun: (ms: number) => void;
  /** Called once, when it can't append any more. */
  onFailure: (error: unknown) => void;
}

/** Events that wait to be appended; the stream waits before it brings more. */
const maxQueued = 2_000;
/** Events of one command. */
const maxAtOnce = 200;

/**
 * The upstream stream of the gateway with the lease, which it appends to the shared log. It fails for good when another
 * gateway has the lease.
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
    // Entries that are not dropped now are dropped next time.
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

  /** What it has not appended is left to the next holder. */
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

/** A log without events begins two minutes before the last event: other gateways may be a little behind this one. */
function startOf({ beganMs, publishedMs, evictedMs }: LogState, own: FeedStart | undefined): FeedStart | undefined {
  if (beganMs !== null) return { beganMs, publishedMs, published: new PublishedIds(evictedMs) };
  const lastMs = own?.publishedMs ?? null;
  return lastMs === null
    ? undefined
    : { beganMs: lastMs - latenessMs, publishedMs: lastMs, published: new PublishedIds() };
}
