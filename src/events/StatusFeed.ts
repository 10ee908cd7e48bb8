import { setTimeout as wait } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { instantMs } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/ApiClock.ts';
import type { StatusStreamItem } from '../upstream/readStatusStream.ts';
import type { StatusEventRange, StatusEventsClient, StatusStream } from '../upstream/StatusEventsClient.ts';

import { eventMs } from './eventCursor.ts';
import { SilenceWatchdog } from './SilenceWatchdog.ts';
import type { StatusHub } from './StatusHub.ts';

export interface StatusFeedOptions {
  /** How far before the last event a new stream begins, in ms: events of other accounts may be late. Default 2 minutes. */
  overlapMs?: number;
  /** The longest pause before a new attempt, in ms. Default 10,000. */
  maxBackoffMs?: number;
}

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
  readonly #maxBackoffMs: number;
  readonly #closing = new AbortController();
  /** Ids of what was published, with their times: enough to know the overlap of a new stream. */
  readonly #published = new LRUCache<string, number>({
    max: 100_000,
    dispose: (ms) => (this.#knownSinceMs = Math.max(this.#knownSinceMs, ms)),
  });
  /** Before this an event that isn't among the published ones may be one that was forgotten, or older than the feed. */
  #knownSinceMs = -Infinity;
  readonly #tried: Promise<void>;
  #announceTried: () => void = () => undefined;
  #running: Promise<void> | null = null;
  #lastMs: number | null = null;
  #failures = 0;
  #isFirstStream = true;

  constructor(client: StatusEventsClient, hub: StatusHub, clock: ApiClock, log: Log, options: StatusFeedOptions = {}) {
    this.#clock = clock;
    this.#client = client;
    this.#hub = hub;
    this.#log = log;
    this.#overlapMs = options.overlapMs ?? 120_000;
    this.#maxBackoffMs = options.maxBackoffMs ?? 10_000;
    this.#tried = new Promise((resolve) => (this.#announceTried = resolve));
  }

  /** Fulfilled once the first stream is open, or has failed to open; the feed keeps trying. */
  get tried(): Promise<void> {
    return this.#tried;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#readOneStream();
      } catch (error) {
        this.#noteLoss(error);
      }
      this.#announceTried();
      this.#failures += 1;
      await wait(this.#backoffMs(), undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** What ends because it is told to is no loss. */
  #noteLoss(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#log.warn({ err: error, failures: this.#failures }, 'status feed lost its stream');
  }

  async #readOneStream(): Promise<void> {
    const stream = await this.#client.open(this.#range(), this.#closing.signal);
    const watchdog = new SilenceWatchdog((limitMs) => {
      this.#log.warn({ limitMs }, 'status feed was silent for too long');
      stream.close();
    });
    try {
      this.#begin(stream);
      for await (const item of stream.items) {
        watchdog.alive();
        if (!this.#take(item)) break;
      }
    } finally {
      watchdog.stop();
      stream.close();
    }
  }

  #begin(stream: StatusStream): void {
    const openedMs = instantMs(stream.openedAt);
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
        this.#failures = 0;
        return true;
      case 'unreadable':
        this.#log.error({ err: item.error }, 'status event that can not be read was left out');
        return true;
      case 'lossy':
        this.#log.warn({ comment: item.comment }, 'status feed lost events and starts over behind the last one');
        return false;
    }
  }

  #publish(event: JournalStatusEvent): void {
    this.#failures = 0;
    const ms = eventMs(event);
    if (this.#published.has(event.id)) return;
    if (this.#isFirstStream) this.#knownSinceMs = Math.min(this.#knownSinceMs, ms);
    // An overlap brings back what was there before the feed began; the first stream has none, whatever clocks say.
    if (ms < this.#knownSinceMs) return;
    this.#published.set(event.id, ms);
    this.#lastMs = Math.max(this.#lastMs ?? ms, ms);
    this.#hub.publish(event);
  }

  /** The first stream carries only what comes; every later one begins in what is known already. */
  #range(): StatusEventRange {
    if (this.#lastMs === null) return {};
    // An event may be dated ahead of its time; what is not past yet can't be where to begin.
    const lastMs = Math.min(this.#lastMs, this.#clock.latestNow());
    return { since: new Date(lastMs - this.#overlapMs).toISOString() };
  }

  /** Full jitter: many gateways that lost the same upstream don't come back at once. */
  #backoffMs(): number {
    return Math.random() * Math.min(this.#maxBackoffMs, 100 * 2 ** Math.min(this.#failures, 10));
  }
}
