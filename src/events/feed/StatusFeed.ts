import { Deferred } from '../../concurrency/Deferred.ts';
import { pause } from '../../concurrency/waitFor.ts';
import { instantMs } from '../../domain/instant.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import type { Log } from '../../log.ts';
import type { ApiClock } from '../../upstream/transport/ApiClock.ts';
import { Fault, UpstreamUnavailableError } from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { StatusStreamItem } from '../../upstream/events/readStatusStream.ts';
import type { StatusEventRange, StatusEventsClient, StatusStream } from '../../upstream/events/StatusEventsClient.ts';

import { setBackMs } from '../cursor/EventPositioner.ts';
import { beginningErrorMs } from '../cursor/eventPosition.ts';
import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import { StreamBackoff } from './StreamBackoff.ts';
import { SilenceWatchdog } from './SilenceWatchdog.ts';
import type { Feed, FeedState } from './Feed.ts';
import { PublishedIds } from './PublishedIds.ts';

/** Receives the events of a feed. */
export interface FeedSink {
  /** Called when a stream was opened. Every event later than two seconds after this moment will be published. */
  begin(openedMs: number): void;
  /** @param isOverlap the event is from the part of a stream that repeats the past */
  publish(event: JournalStatusEvent, isOverlap: boolean): void;
  /** Returns a promise that is fulfilled when the sink can take more events; null if the sink can take more now. */
  untilRoom?(): Promise<void> | null;
}

/** Where a feed continues from what a different feed has published. */
export interface FeedStart {
  /** The time since which everything was published, by the API's clock, in ms. */
  beganMs: number;
  /** When the latest published event happened, in ms; null before the first. */
  publishedMs: number | null;
  published: PublishedIds;
}

/** The longest pause before the next stream is opened, in ms. */
const maxPauseMs = 10_000;
/** A stream that has been open this long counts as good, even if it brought nothing new, in ms. */
const goodAfterMs = 5_000;

/**
 * One stream of status events, for any number of subscribers. It reconnects after every break, from a
 * little before the last event, and publishes each event once.
 */
export class StatusFeed implements Feed {
  readonly #client: StatusEventsClient;
  readonly #sink: FeedSink;
  readonly #clock: ApiClock;
  readonly #log: Log;
  readonly #backoff = new StreamBackoff(maxPauseMs);
  readonly #closing = new AbortController();
  readonly #published: PublishedIds;
  /** When the latest published event happened; never ahead of the clock. */
  #publishedMs = Infinity;
  /** When the feed began, by the API's clock. */
  #beganMs = Infinity;
  readonly #firstAttempt = new Deferred();
  #running: Promise<void> | null = null;
  /** Everything up to here was published, by the API's clock; null before the first stream. */
  #lastMs: number | null = null;
  /** Whether the stream still repeats what happened before it was opened. The first stream has no such part. */
  #isOverlap = false;
  /** When the last stream was opened, by the API's clock. */
  #openedAtMs = 0;
  /** When the open stream was opened, and when its last item arrived, by this process's clock. */
  #openedMs: number | null = null;
  #lastItemMs = 0;
  #closedMs: number | null = null;
  #opened = 0;
  #lagMs: number | null = null;
  #lastFailure: FeedState['lastFailure'] = null;

  /** @param start where the feed continues. Default: the feed begins with live events */
  constructor(client: StatusEventsClient, sink: FeedSink, clock: ApiClock, log: Log, start?: FeedStart) {
    this.#clock = clock;
    this.#client = client;
    this.#sink = sink;
    this.#log = log;
    this.#published = start?.published ?? new PublishedIds();
    if (!start) return;
    this.#lastMs = start.publishedMs ?? start.beganMs;
    this.#beganMs = start.beganMs;
    this.#publishedMs = start.publishedMs ?? Infinity;
  }

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
      await pause(this.#backoff.pauseMs(failure), signal);
    }
  }

  #noteFailure(failure: unknown): void {
    if (this.#closing.signal.aborted) return;
    const message = messageOf(failure);
    const code = failure instanceof Fault ? failure.code : 'UPSTREAM_UNAVAILABLE';
    this.#lastFailure = { code, message, at: new Date().toISOString() };
    this.#log.warn({ err: failure, failures: this.#backoff.failures }, 'status feed lost its stream');
  }

  /** @returns why the stream ended */
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
        if (item.kind === 'lossy') {
          end = `the event stream lost events: ${item.comment}`;
          break;
        }
        this.#take(item);
        const room = this.#sink.untilRoom?.();
        if (room) await room;
      }
      return new UpstreamUnavailableError(end);
    } finally {
      if (this.#openedMs !== null) this.#closedMs = performance.now();
      this.#openedMs = null;
      watchdog.stop();
      stream.close();
    }
  }

  /**
   * Opens a stream. If the API's clock was set back, a stream that starts near the last event would be silent, so the
   * stream starts earlier.
   */
  async #open(): Promise<StatusStream> {
    const { signal } = this.#closing;
    const stream = await this.#client.open(this.#range(), signal);
    if (this.#lastMs === null || instantMs(stream.openedAt) + setBackMs > this.#lastMs) return stream;
    stream.close();
    // By the new clock, everything was published up to the moment when the last stream ended.
    this.#lastMs = instantMs(stream.openedAt) - (this.#downMs ?? 0);
    this.#beganMs = Math.min(this.#beganMs, this.#lastMs);
    this.#published.setBack(this.#lastMs);
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
    this.#sink.begin(openedMs);
    this.#firstAttempt.resolve();
    this.#log.info({ openedAt: stream.openedAt }, 'status feed is open');
  }

  #take(item: StatusStreamItem): void {
    if (item.kind === 'event') this.#publish(item.event);
    else if (item.kind === 'unreadable') this.#log.error({ err: item.error }, 'unreadable status event skipped');
    // Every stream begins with a comment, even one that is cut right after.
    else if (performance.now() - (this.#openedMs ?? Infinity) >= goodAfterMs) this.#backoff.succeed();
  }

  #publish(event: JournalStatusEvent): void {
    this.#backoff.noteEvent();
    const { ms } = stampOf(event);
    const nowMs = this.#clock.latestNow();
    // An event that is dated ahead does not show how far the stream has come.
    const pastMs = Math.min(ms, nowMs);
    if (ms === pastMs && ms >= this.#openedAtMs + beginningErrorMs) this.#isOverlap = false;
    if (this.#published.has(event.id)) return;
    // The overlap repeats what happened before the feed began. An event that arrives live is new, however old it is.
    if (this.#isOverlap && ms < this.#completeSinceMs) return;
    this.#published.add(event.id, pastMs);
    this.#publishedMs = this.#publishedMs === Infinity ? pastMs : Math.max(this.#publishedMs, pastMs);
    this.#lastMs = Math.max(this.#lastMs ?? pastMs, pastMs);
    this.#backoff.succeed();
    this.#lagMs = Math.max(0, Math.round(nowMs - ms));
    this.#sink.publish(event, this.#isOverlap);
  }

  /**
   * An event before this time may have been published although its id is no longer in the cache, or may be older than
   * the feed. Events may be dated by a different clock than the `Date` header that says when the feed began.
   */
  get #completeSinceMs(): number {
    return Math.max(this.#published.evictedMs, Math.min(this.#beganMs, this.#publishedMs));
  }

  get #downMs(): number | null {
    if (this.#openedMs !== null) return 0;
    return this.#closedMs === null ? null : Math.round(performance.now() - this.#closedMs);
  }

  /**
   * The first stream is live only. Later ones repeat the last two minutes, since events of other accounts may be late.
   */
  #range(): StatusEventRange {
    if (this.#lastMs === null) return {};
    return { since: new Date(this.#lastMs - latenessMs).toISOString() };
  }
}
