import { randomUUID } from 'node:crypto';

import { pause } from '../../concurrency/waitFor.ts';

import { LogChangedError } from './EventLog.ts';
import type { EventLog } from './EventLog.ts';
import type { LogState } from './LogState.ts';

export interface FeedLeaseOptions {
  /** The state of this gateway's feed for the others, while it holds the lease. */
  describe: () => string;
  /** Called at each answer. A `LogChangedError` that it throws ends the use of the lease. */
  onState: (state: LogState) => void;
  /** The lease was granted. */
  onGranted: (state: LogState) => void;
  /** The lease is over, or may be. */
  onLost: () => void;
  /** Called when Redis has not answered for the duration of a lease, or when the log was replaced. */
  onFailure: (error: unknown) => void;
}

/** How long a lease lasts without renewal, in ms. */
const durationMs = 3_000;
/** Pause between two attempts to get or renew the lease, in ms. */
const intervalMs = 500;
/** How long a gateway that gave up the lease does not take it again, in ms. */
const restMs = 5_000;

/** The lease of one log, as seen by one gateway: takes the lease when it is free, and renews it. */
export class FeedLease {
  readonly #log: EventLog;
  readonly #logId: string;
  readonly #options: FeedLeaseOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  /** One for each grant. */
  #token = randomUUID();
  #isHeld = false;
  /** When the last answered attempt was sent. */
  #renewedAt = performance.now();
  #restsUntil = -Infinity;

  constructor(log: EventLog, logId: string, options: FeedLeaseOptions) {
    this.#log = log;
    this.#logId = logId;
    this.#options = options;
    this.#running = this.#run();
  }

  /** Leaves the lease to others. @param rests whether this gateway does not take it again for a while */
  async giveUp({ rests }: { rests: boolean }): Promise<void> {
    if (rests) this.#restsUntil = performance.now() + restMs;
    const [token, wasHeld] = [this.#token, this.#isHeld];
    this.#lose();
    if (wasHeld) await this.#log.release(token).catch(() => undefined);
  }

  async end(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await this.giveUp({ rests: false });
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
    // Expired, for example because the process was suspended. Waiting for Redis to say so would take too long.
    if (this.#isHeld && sentAt - this.#renewedAt > durationMs) this.#lose();
    const token = this.#token;
    try {
      const isWanted = !this.#isHeld && sentAt >= this.#restsUntil;
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
