import { setTimeout as wait } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { Deferred } from '../../concurrency/Deferred.ts';
import { instantMs } from '../../domain/instant.ts';
import type { Instant } from '../../domain/instant.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { lruCache } from '../../lruCache.ts';
import type { Log } from '../../log.ts';
import type { ApiClock } from '../../upstream/transport/ApiClock.ts';
import { Fault, UpstreamUnavailableError } from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { StatusStreamItem } from '../../upstream/events/readStatusStream.ts';
import type { StatusEventRange, StatusEventsClient, StatusStream } from '../../upstream/events/StatusEventsClient.ts';

import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import { StreamBackoff } from './StreamBackoff.ts';
import { SilenceWatchdog } from './SilenceWatchdog.ts';
import type { StatusHub } from './StatusHub.ts';

export interface StatusFeedOptions {
  /** How far before the last event a new stream begins, in ms: other accounts' events may be late. Default 2 minutes. */
  overlapMs?: number;
  /** The longest pause before a new attempt, in ms. Default 10,000. */
  maxBackoffMs?: number;
}

/** The feed's state, for readiness and metrics. */
export interface FeedState {
  /** Whether its stream is open. */
  isOpen: boolean;
  /** How long there has been no stream, in ms: 0 while it is open; null before the first. */
  downMs: number | null;
  /** How long ago its stream sent anything, heartbeats included, in ms; null while it has none. */
  silentMs: number | null;
  /** How long the last event took to arrive, by the API's clock, in ms; null before the first. */
  lagMs: number | null;
  /** Streams opened after the first. */
  reconnects: number;
  /** Why the last stream ended or could not be opened; null when that never happened. The code is that of `errors`. */
  lastFailure: { code: string; message: string; at: Instant } | null;
}

/** The estimate of the API's clock improves over time. A larger step back means that the clock was set back, in ms. */
const setBackMs = 5_000;
/** The time at which a stream was opened has whole seconds, and may be a little late, in ms. */
const openedErrorMs = 2_000;
/** A stream that has been open this long counts as good, even if it brought nothing new, in ms. */
const goodAfterMs = 5_000;

/**
 * The process's one stream of status events, for any number of subscribers. It reconnects after every break, from a
 * little before the last event, and publishes each event once.
 */
export class StatusFeed {
  readonly #client: StatusEventsClient;
  readonly #hub: StatusHub;
  readonly #clock: ApiClock;
  readonly #log: Log;
  readonly #overlapMs: number;
  readonly #backoff: StreamBackoff;
  readonly #closing = new AbortController();
  /** Ids of published events with their times, none ahead of the clock: enough to detect repeats in a new stream. */
  readonly #published = new LRUCache<string, number>({
    ...lruCache(100_000),
    dispose: (ms) => (this.#evictedMs = Math.max(this.#evictedMs, ms)),
  });
  /** The latest time of the ids that the cache has evicted. */
  #evictedMs = -Infinity;
  /** When the latest published event happened; never ahead of the clock. */
  #publishedMs = Infinity;
  /** When the feed began, by the API's clock. */
  #beganMs = Infinity;
  readonly #firstAttempt = new Deferred();
  #running: Promise<void> | null = null;
  /** Everything up to here was published, by the API's clock; null before the first stream. */
  #lastMs: number | null = null;
  /** The stream still repeats what happened before it was opened. The first stream has no such part. */
  #isOverlap = false;
  /** By the API's clock. */
  #openedAtMs = 0;
  /** When the open stream was opened, and when its last item arrived, by this process's clock. */
  #openedMs: number | null = null;
  #lastItemMs = 0;
  #closedMs: number | null = null;
  #opened = 0;
  #lagMs: number | null = null;
  #lastFailure: FeedState['lastFailure'] = null;

  constructor(client: StatusEventsClient, hub: StatusHub, clock: ApiClock, log: Log, options: StatusFeedOptions = {}) {
    this.#clock = clock;
    this.#client = client;
    this.#hub = hub;
    this.#log = log;
    this.#overlapMs = options.overlapMs ?? latenessMs;
    this.#backoff = new StreamBackoff(options.maxBackoffMs ?? 10_000);
  }

  /** Fulfilled once the first stream is open or has failed to open; the feed keeps trying. */
  get firstAttempt(): Promise<void> {
    return this.#firstAttempt.promise;
  }

  get state(): FeedState {
    return {
      isOpen: this.#openedMs !== null,
      downMs: this.#downMs,
      silentMs: this.#openedMs === null ? null : Math.round(performance.now() - this.#lastItemMs),
      lagMs: this.#lagMs,
      reconnects: Math.max(0, this.#opened - 1),
      lastFailure: this.#lastFailure,
    };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const failure = await this.#readOneStream().catch((error: unknown) => error);
      this.#noteFailure(failure);
      this.#firstAttempt.resolve();
      await wait(this.#backoff.pauseMs(failure), undefined, { signal }).catch(() => undefined);
    }
  }

  #noteFailure(failure: unknown): void {
    if (this.#closing.signal.aborted) return;
    const message = messageOf(failure);
    const code = failure instanceof Fault ? failure.code : 'UPSTREAM_UNAVAILABLE';
    this.#lastFailure = { code, message, at: new Date().toISOString() };
    this.#log.warn({ err: failure, failures: this.#backoff.failures }, 'status feed lost its stream');
  }

  /** @returns why it ended */
  async #readOneStream(): Promise<unknown> {
    const stream = await this.#open();
    let end = 'the API ended the event stream';
    const watchdog = new SilenceWatchdog((limitMs) => {
      end = `the event stream was silent for ${Math.round(limitMs)} ms`;
      stream.close();
    });
    try {
      this.#begin(stream);
      for await (const item of stream.items) {
        watchdog.noteActivity();
        this.#lastItemMs = performance.now();
        if (this.#take(item)) continue;
        end = item.kind === 'lossy' ? `the event stream lost events: ${item.comment}` : end;
        break;
      }
      return new UpstreamUnavailableError(end);
    } finally {
      if (this.#openedMs !== null) this.#closedMs = performance.now();
      this.#openedMs = null;
      watchdog.stop();
      stream.close();
    }
  }

  /** When the API's clock was set back, a stream from the last event on stays silent: it is opened again from earlier. */
  async #open(): Promise<StatusStream> {
    const { signal } = this.#closing;
    const stream = await this.#client.open(this.#range(), signal);
    if (this.#lastMs === null || instantMs(stream.openedAt) + setBackMs > this.#lastMs) return stream;
    stream.close();
    // By the new clock, everything was published up to the moment when the last stream ended.
    this.#lastMs = instantMs(stream.openedAt) - (this.#downMs ?? 0);
    this.#beganMs = Math.min(this.#beganMs, this.#lastMs);
    this.#evictedMs = Math.min(this.#evictedMs, this.#lastMs);
    return await this.#client.open(this.#range(), signal);
  }

  #begin(stream: StatusStream): void {
    const openedMs = instantMs(stream.openedAt);
    this.#opened += 1;
    this.#openedMs = performance.now();
    this.#lastItemMs = this.#openedMs;
    this.#openedAtMs = openedMs;
    this.#isOverlap = this.#lastMs !== null;
    this.#lastMs ??= openedMs;
    this.#beganMs = Math.min(this.#beganMs, openedMs);
    this.#hub.begin(openedMs);
    this.#firstAttempt.resolve();
    this.#log.info({ openedAt: stream.openedAt }, 'status feed is open');
  }

  /** False when the stream has lost events and has to be replaced. */
  #take(item: StatusStreamItem): boolean {
    switch (item.kind) {
      case 'event':
        this.#publish(item.event);
        return true;
      case 'heartbeat':
        // Every stream begins with a comment, even one that is cut right after.
        if (performance.now() - (this.#openedMs ?? Infinity) >= goodAfterMs) this.#backoff.succeed();
        return true;
      case 'unreadable':
        this.#log.error({ err: item.error }, 'unreadable status event skipped');
        return true;
      case 'lossy':
        return false;
    }
  }

  #publish(event: JournalStatusEvent): void {
    this.#backoff.noteEvent();
    const { ms } = stampOf(event);
    const nowMs = this.#clock.latestNow();
    // An event that is dated ahead does not show how far the stream has come.
    const pastMs = Math.min(ms, nowMs);
    if (ms === pastMs && ms >= this.#openedAtMs + openedErrorMs) this.#isOverlap = false;
    if (this.#published.has(event.id)) return;
    // The overlap repeats what happened before the feed began. An event that arrives live is new, however old it is.
    if (this.#isOverlap && ms < this.#completeSinceMs) return;
    this.#published.set(event.id, pastMs);
    this.#publishedMs = this.#publishedMs === Infinity ? pastMs : Math.max(this.#publishedMs, pastMs);
    this.#lastMs = Math.max(this.#lastMs ?? pastMs, pastMs);
    this.#backoff.succeed();
    this.#lagMs = Math.max(0, Math.round(nowMs - ms));
    this.#hub.publish(event, this.#isOverlap);
  }

  /**
   * An earlier event may have been published without its id in the cache, or be older than the feed. Events may be
   * dated by another clock than the `Date` header that says when the feed began.
   */
  get #completeSinceMs(): number {
    return Math.max(this.#evictedMs, Math.min(this.#beganMs, this.#publishedMs));
  }

  get #downMs(): number | null {
    if (this.#openedMs !== null) return 0;
    return this.#closedMs === null ? null : Math.round(performance.now() - this.#closedMs);
  }

  /** The first stream is live only; later ones overlap with what was published. */
  #range(): StatusEventRange {
    if (this.#lastMs === null) return {};
    return { since: new Date(this.#lastMs - this.#overlapMs).toISOString() };
  }
}
