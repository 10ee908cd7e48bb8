import { setImmediate as turn } from 'node:timers/promises';

import { Backoff } from '../../concurrency/Backoff.ts';
import { Deferred } from '../../concurrency/Deferred.ts';
import { pause } from '../../concurrency/waitFor.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { Log } from '../../log.ts';
import type { StatusEventsClient } from '../../upstream/events/StatusEventsClient.ts';
import type { ApiClock } from '../../upstream/transport/ApiClock.ts';

import { stampOf } from '../cursor/eventStamp.ts';
import { StatusFeed } from '../feed/StatusFeed.ts';
import type { Feed, FeedState } from '../feed/Feed.ts';

import type { AttachedLog, EventLog } from './EventLog.ts';
import { FeedLease } from './FeedLease.ts';
import type { LogEntry } from './LogEntry.ts';
import type { LogPublisher } from './LogPublisher.ts';
import type { LogState } from './LogState.ts';
import { LogWriter } from './LogWriter.ts';

export interface SharedFeedOptions {
  client: StatusEventsClient;
  events: EventLog;
  publisher: LogPublisher;
  clock: ApiClock;
  log: Log;
}

/**
 * When the shared log can't be read, each gateway opens its own stream after a random delay between these limits, in
 * ms, so that the gateways don't all connect at once.
 */
const [minStandaloneDelayMs, maxStandaloneDelayMs] = [500, 2_500];
/** How long the stream of the leader may be down before the leader gives up the lease, in ms. */
const maxLeaderDownMs = 15_000;
const reconnectPauses = { firstMs: 200, maxMs: 1_000 };
/** How many entries are published before other callbacks of the event loop get a turn. */
const entriesAtOnce = 32;

/**
 * The feed of a gateway that shares a log with other gateways. All of them read the log; the one that holds the lease
 * also reads the upstream stream and appends its events. While Redis can't be reached, each gateway has a stream of its
 * own.
 */
export class SharedFeed implements Feed {
  readonly #options: SharedFeedOptions;
  readonly #closing = new AbortController();
  readonly #firstAttempt = new Deferred();
  readonly #backoff = new Backoff(reconnectPauses);
  #running: Promise<void> | null = null;
  #writer: LogWriter | null = null;
  #own: StatusFeed | null = null;
  #ownTimer: NodeJS.Timeout | undefined;
  /** Settles when all earlier writers are closed. They are closed one after the other. */
  #closed: Promise<void> = Promise.resolve();
  /** The last state of the log that the lease has reported; null while the log is not followed. */
  #seen: LogState | null = null;
  /** Whether the log has begun, that is, whether its first stream was opened. */
  #hasBegun = false;
  #readAt = 0;
  /** When the upstream stream of this gateway, or of the leader, was last known to be open. */
  #openAt: number | null = null;
  #lagMs: number | null = null;
  #reconnects = 0;
  #lastFailure: FeedState['lastFailure'] = null;

  constructor(options: SharedFeedOptions) {
    this.#options = options;
  }

  get firstAttempt(): Promise<void> {
    return this.#firstAttempt.promise;
  }

  get state(): FeedState {
    const own = this.#own?.state;
    const isOpen = own?.isOpen ?? this.#writer?.state.isOpen ?? this.#seen?.leader?.isOpen ?? false;
    const now = performance.now();
    if (isOpen) this.#openAt = now;
    const downMs = this.#openAt === null ? null : Math.round(now - this.#openAt);
    // Before this gateway's own stream first opens, `downMs` counts from when the shared stream was last open.
    if (own) return { ...own, downMs: own.downMs ?? downMs, role: 'standalone' };
    const shared = { isOpen, downMs, lagMs: this.#lagMs };
    if (this.#writer) {
      const { silentMs, reconnects, lastFailure } = this.#writer.state;
      return { ...shared, silentMs, reconnects: this.#reconnects + reconnects, lastFailure, role: 'leading' };
    }
    const silentMs = this.#seen ? Math.round(now - this.#readAt) : null;
    return { ...shared, silentMs, reconnects: this.#reconnects, lastFailure: this.#lastFailure, role: 'following' };
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
    this.#armOwn();
    while (!signal.aborted) {
      const failure = await this.#follow().catch((error: unknown) => error);
      this.#loseLog(failure);
      await pause(this.#backoff.next(), signal);
    }
    await this.#stopOwn();
  }

  #loseLog(failure: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#armOwn();
    const message = messageOf(failure);
    this.#lastFailure = { code: 'UPSTREAM_UNAVAILABLE', message, at: new Date().toISOString() };
    this.#options.log.warn({ reason: message }, 'status feed lost the shared log');
  }

  /** Follows the shared log until reading it fails. @throws RedisUnavailableError | LogChangedError */
  async #follow(): Promise<never> {
    const { events, publisher } = this.#options;
    const attached = await events.attach();
    let lease: FeedLease | null = null;
    const failures: unknown[] = [];
    const stop = () => attached.close();
    const fail = (error: unknown) => {
      failures.push(error);
      stop();
    };
    this.#closing.signal.addEventListener('abort', stop);
    try {
      // `close` may have been called during `attach`.
      this.#closing.signal.throwIfAborted();
      await this.#stopOwn();
      this.#hasBegun = attached.state.beganMs !== null;
      await publisher.resume(attached);
      await this.#loadUpTo(attached);
      this.#seen = attached.state;
      lease = this.#contend(attached.state.id, fail);
      this.#backoff.reset();
      for (;;) await this.#publish(await attached.next(publisher.number));
    } catch (error) {
      throw failures[0] ?? error;
    } finally {
      this.#closing.signal.removeEventListener('abort', stop);
      this.#seen = null;
      await lease?.end();
      await this.#closed;
      attached.close();
    }
  }

  /** Loads the past before `firstAttempt` is fulfilled: earlier subscribers would get past events as live ones. */
  async #loadUpTo(attached: AttachedLog): Promise<void> {
    const { publisher } = this.#options;
    while (publisher.number < attached.state.count) await this.#publish(await attached.next(publisher.number));
    if (this.#hasBegun) this.#firstAttempt.resolve();
  }

  async #publish(entries: readonly LogEntry[]): Promise<void> {
    const { events, publisher, clock } = this.#options;
    this.#readAt = performance.now();
    if (!this.#hasBegun && entries.length > 0) this.#noteBeginning(await events.beganMs());
    for (const [index, entry] of entries.entries()) {
      publisher.take(entry);
      if (index % entriesAtOnce === entriesAtOnce - 1) await turn();
    }
    const last = entries.at(-1);
    if (last) this.#lagMs = Math.max(0, Math.round(clock.latestNow() - stampOf(last.event).ms));
  }

  #contend(logId: string, fail: (error: unknown) => void): FeedLease {
    const lease: FeedLease = new FeedLease(this.#options.events, logId, {
      describe: () => this.#describe(),
      onState: (state) => {
        this.#note(state, lease);
        if (state.beganMs !== null) this.#noteBeginning(state.beganMs);
      },
      onGranted: (state) => this.#lead(state, lease),
      onLost: () => this.#stepDown(),
      onFailure: fail,
    });
    return lease;
  }

  /** Encodes the state of this gateway's feed for `LogState.leader`; empty if this gateway does not lead. */
  #describe(): string {
    if (!this.#writer) return '';
    const { isOpen, downMs } = this.state;
    return `${isOpen ? 'open' : 'down'} ${downMs ?? ''}`;
  }

  #note(state: LogState, lease: FeedLease): void {
    this.#seen = state;
    const { isOpen, downMs } = this.state;
    if (!this.#writer || isOpen || Math.min(downMs ?? Infinity, this.#writer.ageMs) < maxLeaderDownMs) return;
    this.#options.log.warn('status feed leaves the upstream stream to another gateway');
    void lease.giveUp({ coolDown: true });
  }

  /** @throws LogChangedError when events are missing between this gateway's last one and the log's first one */
  #noteBeginning(ms: number): void {
    if (this.#hasBegun) return;
    this.#options.publisher.noteBeginning(ms);
    this.#hasBegun = true;
    this.#firstAttempt.resolve();
  }

  #lead(state: LogState, lease: FeedLease): void {
    const { publisher, ...parts } = this.#options;
    const { log } = parts;
    log.info({ fence: state.fence }, 'status feed leads');
    const writer = new LogWriter({
      ...parts,
      state,
      own: publisher.start,
      onBegun: (ms) => this.#noteBeginning(ms),
      onFailure: (error) => {
        log.warn({ reason: messageOf(error) }, 'status feed can no longer append');
        void lease.giveUp({ coolDown: false });
      },
    });
    this.#writer = writer;
    void writer.firstAttempt.then(() => this.#firstAttempt.resolve());
  }

  #stepDown(): void {
    const writer = this.#writer;
    if (!writer) return;
    this.#writer = null;
    this.#reconnects += writer.state.reconnects + 1;
    this.#options.log.info('status feed no longer leads');
    this.#closed = this.#closed.then(() => writer.close());
  }

  /** Opens a stream of its own after a random delay, unless the log is available again before that. */
  #armOwn(): void {
    if (this.#own || this.#ownTimer) return;
    const delayMs = minStandaloneDelayMs + Math.random() * (maxStandaloneDelayMs - minStandaloneDelayMs);
    this.#ownTimer = setTimeout(() => this.#startOwn(), delayMs);
  }

  #startOwn(): void {
    const { client, clock, log, publisher } = this.#options;
    this.#ownTimer = undefined;
    this.#own = new StatusFeed(client, publisher, clock, log, publisher.start);
    this.#own.start();
    void this.#own.firstAttempt.then(() => this.#firstAttempt.resolve());
  }

  async #stopOwn(): Promise<void> {
    clearTimeout(this.#ownTimer);
    this.#ownTimer = undefined;
    const own = this.#own;
    if (!own) return;
    await own.close();
    this.#reconnects += own.state.reconnects + 1;
    this.#own = null;
  }
}
