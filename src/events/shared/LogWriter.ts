import { Notifier } from '../../concurrency/Notifier.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { stampOf } from '../cursor/eventStamp.ts';
import type { FeedSink } from '../feed/StatusFeed.ts';

import type { EventLog, LoggedEvent } from './EventLog.ts';
import type { LogState } from './LogState.ts';

export interface LogWriterOptions {
  /** As the lease was granted. */
  state: LogState;
  /** The API's clock, in unix ms. */
  now: () => number;
  /** The log has begun at this time, in ms. */
  onBegun: (ms: number) => void;
  /** Called once, when it can't append any more. */
  onFailure: (error: unknown) => void;
}

/** Events that wait to be appended; the stream waits before it brings more. */
const maxQueued = 2_000;
/** Events of one command. */
const maxAtOnce = 200;

/** Appends the holder's stream to the shared log. It fails for good when another gateway has the lease. */
export class LogWriter implements FeedSink {
  readonly #log: EventLog;
  readonly #options: LogWriterOptions;
  readonly #room = new Notifier();
  #state: LogState;
  #queue: LoggedEvent[] = [];
  #publishedMs: number;
  #isAppending = false;
  #hasFailed = false;

  constructor(log: EventLog, options: LogWriterOptions) {
    this.#log = log;
    this.#options = options;
    this.#state = options.state;
    this.#publishedMs = options.state.publishedMs ?? -Infinity;
  }

  begin(openedMs: number): void {
    if (this.#hasFailed || this.#state.beganMs !== null) return;
    this.#state = { ...this.#state, beganMs: openedMs };
    const { onBegun } = this.#options;
    this.#log.begin(openedMs).then(
      () => onBegun(openedMs),
      (error: unknown) => this.#fail(error),
    );
  }

  publish(event: JournalStatusEvent, isOverlap: boolean): void {
    if (this.#hasFailed) return;
    const pastMs = Math.min(stampOf(event).ms, this.#options.now());
    this.#publishedMs = Math.max(this.#publishedMs, pastMs);
    this.#queue.push({ event, pastMs, publishedMs: this.#publishedMs, isOverlap });
    if (!this.#isAppending) void this.#append();
  }

  untilRoom(): Promise<void> | null {
    return this.#queue.length < maxQueued || this.#hasFailed ? null : this.#room.next();
  }

  /** What it has not appended is left to the next holder. */
  stop(): void {
    this.#hasFailed = true;
    this.#queue = [];
    this.#room.notify();
  }

  async #append(): Promise<void> {
    this.#isAppending = true;
    try {
      while (this.#queue.length > 0) {
        const events = this.#queue.splice(0, maxAtOnce);
        this.#state = { ...this.#state, count: await this.#log.append(this.#state, events) };
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
    this.stop();
    this.#options.onFailure(error);
  }
}
