import { setTimeout as wait } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

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
  /** How far before the last event a new stream begins, in ms: events of other accounts may be late. Default 2 minutes. */
  overlapMs?: number;
  /** The longest pause before a new attempt, in ms. Default 10,000. */
  maxBackoffMs?: number;
}

/** How the feed fares, for those who watch over the process. */
export interface FeedState {
  /** Whether its stream stands. */
  isOpen: boolean;
  /** How long there has been no stream, in ms: 0 while it stands; null before the first. */
  downMs: number | null;
  /** How long its stream has said nothing, heartbeats included, in ms; null while it has none. */
  silentMs: number | null;
  /** How long after it happened the last event was told, by the API's clock, in ms; null before the first. */
  lagMs: number | null;
  /** Streams opened after the first. */
  reconnects: number;
  /** Why the last stream ended or could not be opened; null while none has. The code is that of `errors`. */
  lastFailure: { code: string; message: string; at: Instant } | null;
}

/** What is known of the API's clock grows more exact with time; a larger step back is a clock that was moved, in ms. */
const setBackMs = 5_000;
/** The clock that tells when a stream was opened has whole seconds, and may be told a little late, in ms. */
const wholeSecondsMs = 2_000;
/** A stream that has stood so long is a good one, though it told nothing new, in ms. */
const goodAfterMs = 5_000;

/**
 * The process's one stream of status events, however many subscribers there are.
 * It comes back after every break, begins a little before the last event it had, and publishes each event once.
 */
export class StatusFeed {
  readonly #client: StatusEventsClient;
  readonly #hub: StatusHub;
  readonly #clock: ApiClock;
  readonly #log: Log;
  readonly #overlapMs: number;
  readonly #backoff: StreamBackoff;
  readonly #closing = new AbortController();
  /** Ids of what was published, with their times, none ahead of the clock: enough to know the overlap of a new stream. */
  readonly #published = new LRUCache<string, number>({
    ...lruCache(100_000),
    dispose: (ms) => (this.#forgottenMs = Math.max(this.#forgottenMs, ms)),
  });
  /** When the latest of the published events happened that are forgotten. */
  #forgottenMs = -Infinity;
  /** When the latest published event happened; never ahead of the clock. */
  #publishedMs = Infinity;
  /** When the feed began, by the API's clock. */
  #beganMs = Infinity;
  readonly #tried: Promise<void>;
  #announceTried: () => void = () => undefined;
  #running: Promise<void> | null = null;
  /** Up to here the feed has told everything, by the API's clock; null before the first stream. */
  #lastMs: number | null = null;
  /** The stream is still bringing what happened before it was opened; the first one brings nothing of that. */
  #isOverlap = false;
  /** By the API's clock. */
  #openedAtMs = 0;
  /** When the stream that stands was opened, and when it last said something, by this process's clock. */
  #openedMs: number | null = null;
  #heardMs = 0;
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
    this.#tried = new Promise((resolve) => (this.#announceTried = resolve));
  }

  /** Fulfilled once the first stream is open, or has failed to open; the feed keeps trying. */
  get tried(): Promise<void> {
    return this.#tried;
  }

  get state(): FeedState {
    return {
      isOpen: this.#openedMs !== null,
      downMs: this.#downMs,
      silentMs: this.#openedMs === null ? null : Math.round(performance.now() - this.#heardMs),
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
      this.#noteLoss(failure);
      this.#announceTried();
      await wait(this.#backoff.pauseMs(failure), undefined, { signal }).catch(() => undefined);
    }
  }

  /** What ends because it is told to is no loss. */
  #noteLoss(failure: unknown): void {
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
        watchdog.alive();
        this.#heardMs = performance.now();
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

  /** A stream that begins in the future of the API's clock stays silent: the clock was set back. */
  async #open(): Promise<StatusStream> {
    const { signal } = this.#closing;
    const stream = await this.#client.open(this.#range(), signal);
    if (this.#lastMs === null || instantMs(stream.openedAt) + setBackMs > this.#lastMs) return stream;
    stream.close();
    // By the clock as it is now, the feed has told everything up to the moment when its last stream ended.
    this.#lastMs = instantMs(stream.openedAt) - (this.#downMs ?? 0);
    this.#beganMs = Math.min(this.#beganMs, this.#lastMs);
    this.#forgottenMs = Math.min(this.#forgottenMs, this.#lastMs);
    return await this.#client.open(this.#range(), signal);
  }

  #begin(stream: StatusStream): void {
    const openedMs = instantMs(stream.openedAt);
    this.#opened += 1;
    this.#openedMs = performance.now();
    this.#heardMs = this.#openedMs;
    this.#openedAtMs = openedMs;
    this.#isOverlap = this.#lastMs !== null;
    this.#lastMs ??= openedMs;
    this.#beganMs = Math.min(this.#beganMs, openedMs);
    this.#hub.begin(openedMs);
    this.#announceTried();
    this.#log.info({ openedAt: stream.openedAt }, 'status feed is open');
  }

  /** False when this stream has lost something and a new one must begin behind it. */
  #take(item: StatusStreamItem): boolean {
    switch (item.kind) {
      case 'event':
        this.#publish(item.event);
        return true;
      case 'heartbeat':
        // Any stream begins with a word; one that is cut at once again and again is no good one.
        if (performance.now() - (this.#openedMs ?? Infinity) >= goodAfterMs) this.#backoff.succeed();
        return true;
      case 'unreadable':
        this.#log.error({ err: item.error }, 'status event that can not be read was left out');
        return true;
      case 'lossy':
        return false;
    }
  }

  #publish(event: JournalStatusEvent): void {
    this.#backoff.noteEvent();
    const { ms } = stampOf(event);
    const nowMs = this.#clock.latestNow();
    // An event may be dated ahead of its time: it does not tell how far the stream has come.
    const pastMs = Math.min(ms, nowMs);
    if (ms === pastMs && ms >= this.#openedAtMs + wholeSecondsMs) this.#isOverlap = false;
    if (this.#published.has(event.id)) return;
    // An overlap brings back what was there before the feed began. What comes live is new, however old it is.
    if (this.#isOverlap && ms < this.#knownSinceMs) return;
    this.#published.set(event.id, pastMs);
    this.#publishedMs = this.#publishedMs === Infinity ? pastMs : Math.max(this.#publishedMs, pastMs);
    this.#lastMs = Math.max(this.#lastMs ?? pastMs, pastMs);
    this.#backoff.succeed();
    this.#lagMs = Math.max(0, Math.round(nowMs - ms));
    this.#hub.publish(event, this.#isOverlap);
  }

  /**
   * Before this an event that isn't among the published ones may be one that was forgotten, or older than the feed.
   * Events may be dated by another clock than the one that told when the feed began.
   */
  get #knownSinceMs(): number {
    return Math.max(this.#forgottenMs, Math.min(this.#beganMs, this.#publishedMs));
  }

  get #downMs(): number | null {
    if (this.#openedMs !== null) return 0;
    return this.#closedMs === null ? null : Math.round(performance.now() - this.#closedMs);
  }

  /** The first stream carries only what comes; every later one begins in what is known already. */
  #range(): StatusEventRange {
    if (this.#lastMs === null) return {};
    return { since: new Date(this.#lastMs - this.#overlapMs).toISOString() };
  }
}
