import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import type { EventWindow } from './EventWindow.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from './StatusReader.ts';
import type { SlowConsumerError } from '../../errors/streamErrors.ts';

export interface StatusSubscriptionOptions {
  /** Which events the subscriber wants; asked once for each event, cheap and free of waiting. */
  accepts: (event: JournalStatusEvent, number: number) => boolean;
  /** Where the subscriber stands before its first event. */
  startsAfter: string | null;
  /** The number in the window of the first event to read. */
  from: number;
  window: Pick<EventWindow, 'start' | 'at'>;
  /** Where the feed stands now. */
  feedCursor: () => string | null;
  /** The error of a subscription that reads after the window has lost its place. */
  tooSlow: (cursor: string | null) => SlowConsumerError;
  onEnd: (subscription: StatusSubscription) => void;
}

type Result = IteratorResult<PositionedEvent, undefined>;

/**
 * One subscriber's place in the hub's window. Written by hand: an `async function*` parked on a promise can't be returned
 * from, and an idle subscriber that leaves would stay for ever.
 */
export class StatusSubscription implements StatusReader {
  readonly #options: StatusSubscriptionOptions;
  readonly #waiting: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];
  /** The number of the event to read next; while somebody waits, it is that of the next event to be published. */
  #next: number;
  #last: PositionedEvent | null = null;
  #ended = false;
  #error: Error | null = null;

  constructor(options: StatusSubscriptionOptions) {
    this.#options = options;
    this.#next = options.from;
  }

  /** The last event that was taken. */
  get last(): PositionedEvent | null {
    return this.#last;
  }

  get restingCursor(): string | null {
    return this.#waiting.length > 0 && !this.#ended ? this.#options.feedCursor() : null;
  }

  /** The window no longer holds what it has not read; it can only end. */
  get isLost(): boolean {
    return this.#next < this.#options.window.start;
  }

  /** Something was published: who is behind will find it in the window. Never throws and never waits. */
  offer(positioned: PositionedEvent): void {
    if (this.#waiting.length === 0) return;
    const number = this.#next;
    this.#next += 1;
    if (this.#options.accepts(positioned.event, number)) this.#waiting.shift()?.resolve(this.#take(positioned));
  }

  /** What has not been read is given up: the subscriber's last cursor says where to go on. */
  end(error: Error | null = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#options.onEnd(this);
    for (const waiting of this.#waiting.splice(0)) {
      this.#finish().then(waiting.resolve, waiting.reject);
    }
  }

  next(): Promise<Result> {
    if (!this.#ended && this.isLost) this.end(this.#options.tooSlow(this.#last?.cursor ?? this.#options.startsAfter));
    if (this.#ended) return this.#finish();
    const { window, accepts } = this.#options;
    for (let positioned = window.at(this.#next); positioned; positioned = window.at(this.#next)) {
      const number = this.#next;
      this.#next += 1;
      if (accepts(positioned.event, number)) return Promise.resolve(this.#take(positioned));
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<Result> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(positioned: PositionedEvent): IteratorYieldResult<PositionedEvent> {
    this.#last = positioned;
    return { done: false, value: positioned };
  }

  /** The error is told once; after it the subscription is over like any other. */
  #finish(): Promise<Result> {
    const error = this.#error;
    this.#error = null;
    return error ? Promise.reject(error) : Promise.resolve({ done: true, value: undefined });
  }
}
