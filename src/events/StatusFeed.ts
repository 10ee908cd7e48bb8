import { setTimeout as wait } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { instantMs } from '../domain/instant.ts';
import type { Instant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { growingTo } from '../growingTo.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/ApiClock.ts';
import { Fault, UpstreamUnavailableError } from '../upstream/faults.ts';
import type { StatusStreamItem } from '../upstream/readStatusStream.ts';
import type { StatusEventRange, StatusEventsClient, StatusStream } from '../upstream/StatusEventsClient.ts';

import { latenessMs, stampOf } from './eventStamp.ts';
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
  /** Ids of what was published, with their times: enough to know the overlap of a new stream. */
  readonly #published = new LRUCache<string, number>({
    ...growingTo(100_000),
    dispose: (ms) => (this.#knownSinceMs = Math.max(this.#knownSinceMs, ms)),
  });
  /** Before this an event that isn't among the published ones may be one that was forgotten, or older than the feed. */
  #knownSinceMs = -Infinity;
  readonly #tried: Promise<void>;
  #announceTried: () => void = () => undefined;
  #running: Promise<void> | null = null;
  #lastMs: number | null = null;
  #isFirstStream = true;
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
    const message = failure instanceof Error ? failure.message : String(failure);
    const code = failure instanceof Fault ? failure.code : 'UPSTREAM_UNAVAILABLE';
    this.#lastFailure = { code, message, at: new Date().toISOString() };
    this.#log.warn({ err: failure, failures: this.#backoff.failures }, 'status feed lost its stream');
  }

  /** @returns why it ended */
  async #readOneStream(): Promise<unknown> {
    const stream = await this.#client.open(this.#range(), this.#closing.signal);
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

  #begin(stream: StatusStream): void {
    const openedMs = instantMs(stream.openedAt);
    this.#opened += 1;
    this.#openedMs = performance.now();
    this.#heardMs = this.#openedMs;
    this.#isFirstStream = this.#lastMs === null;
    if (this.#lastMs === null) {
      this.#lastMs = openedMs;
      this.#knownSinceMs = openedMs;
    }
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
    if (this.#published.has(event.id)) return;
    if (this.#isFirstStream) this.#knownSinceMs = Math.min(this.#knownSinceMs, ms);
    // An overlap brings back what was there before the feed began; the first stream has none, whatever clocks say.
    if (ms < this.#knownSinceMs) return;
    this.#published.set(event.id, ms);
    this.#lastMs = Math.max(this.#lastMs ?? ms, ms);
    this.#backoff.succeed();
    this.#lagMs = Math.max(0, Math.round(this.#clock.latestNow() - ms));
    this.#hub.publish(event);
  }

  get #downMs(): number | null {
    if (this.#openedMs !== null) return 0;
    return this.#closedMs === null ? null : Math.round(performance.now() - this.#closedMs);
  }

  /** The first stream carries only what comes; every later one begins in what is known already. */
  #range(): StatusEventRange {
    if (this.#lastMs === null) return {};
    // An event may be dated ahead of its time; what is not past yet can't be where to begin.
    const lastMs = Math.min(this.#lastMs, this.#clock.latestNow());
    return { since: new Date(lastMs - this.#overlapMs).toISOString() };
  }
}
