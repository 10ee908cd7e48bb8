import { randomUUID } from 'node:crypto';

import { pause } from '../../concurrency/waitFor.ts';

import { LogChangedError } from './EventLog.ts';
import type { EventLog } from './EventLog.ts';
import type { LogState } from './LogState.ts';

export interface FeedLeaseOptions {
  /** Returns the state of this gateway's feed, which the other gateways see while this one holds the lease. */
  describe: () => string;
  /** Called with each response of Redis. If it throws a `LogChangedError`, `onFailure` is called. */
  onState: (state: LogState) => void;
  /** Called when the lease was granted to this gateway. */
  onGranted: (state: LogState) => void;
  /** Called when this gateway no longer holds the lease, or can't be sure that it does. */
  onLost: () => void;
  /** Called when Redis has not responded for the duration of a lease, or when the log has changed unexpectedly. */
  onFailure: (error: unknown) => void;
}

/** How long a lease lasts without renewal, in ms. */
const durationMs = 3_000;
/** Pause between two attempts to get or renew the lease, in ms. */
const intervalMs = 500;
/** How long a gateway waits before it takes the lease again after `giveUp({ coolDown: true })`, in ms. */
const coolDownMs = 5_000;

/** The lease of one log, as seen by one gateway: takes the lease when it is free, and renews it. */
export class FeedLease {
  readonly #log: EventLog;
  readonly #logId: string;
  readonly #options: FeedLeaseOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** Identifies one tenure of the lease; replaced when the lease is lost. */
  #token = randomUUID();
  #isHeld = false;
  /** When the last attempt to which Redis responded was sent. */
  #renewedAt = performance.now();
  #coolDownEndsAt = -Infinity;

  constructor(log: EventLog, logId: string, options: FeedLeaseOptions) {
    this.#log = log;
    this.#logId = logId;
    this.#options = options;
    this.#running = this.#run();
  }

  /**
   * Releases the lease.
   *
   * @param coolDown whether to let other gateways take it for a while before this one tries again
   */
  async giveUp({ coolDown }: { coolDown: boolean }): Promise<void> {
    if (coolDown) this.#coolDownEndsAt = performance.now() + coolDownMs;
    const [token, wasHeld] = [this.#token, this.#isHeld];
    this.#lose();
    if (wasHeld) await this.#log.release(token).catch(() => undefined);
  }

  async end(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await this.giveUp({ coolDown: false });
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#attempt();
      await pause(intervalMs, signal);
    }
  }

  async #attempt(): Promise<void> {
    const sentAt = performance.now();
    // The lease has expired, for example because the process was suspended. Waiting until Redis says so takes too long.
    if (this.#isHeld && sentAt - this.#renewedAt > durationMs) this.#lose();
    const token = this.#token;
    try {
      const isWanted = !this.#isHeld && sentAt >= this.#coolDownEndsAt;
      const leader = this.#options.describe();
      const { holder, state } = await this.#log.contend(token, { logId: this.#logId, isWanted, durationMs, leader });
      if (token !== this.#token) return;
      this.#renewedAt = sentAt;
      if (holder === 'granted') this.#isHeld = true;
      if (this.#closing.signal.aborted) return;
      this.#options.onState(state);
      if (holder === 'granted') this.#options.onGranted(state);
      else if (this.#isHeld && holder !== 'held') this.#lose();
    } catch (error) {
      if (this.#isHeld && performance.now() - this.#renewedAt > durationMs - intervalMs) this.#lose();
      const isOver = error instanceof LogChangedError || performance.now() - this.#renewedAt > durationMs;
      if (isOver && !this.#closing.signal.aborted) this.#options.onFailure(error);
    }
  }

  #lose(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#token = randomUUID();
    this.#options.onLost();
  }
}
