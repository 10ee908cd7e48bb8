import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import type { PositionedEvent } from './PositionedEvent.ts';
import type { StatusReader } from './StatusReader.ts';
import type { SlowConsumerError } from './streamErrors.ts';

export interface StatusSubscriptionOptions {
  /** Which events the subscriber wants; cheap and free of waiting, since it runs on the publisher's time. */
  accepts: (event: JournalStatusEvent) => boolean;
  /** How many events may wait for a subscriber that doesn't keep up; beyond it the subscription ends with `SlowConsumerError`. */
  maxQueued: number;
  /** Where the subscriber stands before its first event. */
  startsAfter: string | null;
  /** Where the feed stands now. */
  feedCursor: () => string | null;
  /** The error that it then ends with. */
  tooSlow: (cursor: string | null) => SlowConsumerError;
  onEnd: (subscription: StatusSubscription) => void;
}

type Result = IteratorResult<PositionedEvent, undefined>;

/**
 * One subscriber's bounded queue. Written by hand: an `async function*` parked on a promise can't be returned from,
 * and an idle subscriber that leaves would stay for ever.
 */
export class StatusSubscription implements StatusReader {
  readonly #options: StatusSubscriptionOptions;
  readonly #queue: PositionedEvent[] = [];
  readonly #waiting: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];
  #last: PositionedEvent | null = null;
  #ended = false;
  #error: Error | null = null;

  constructor(options: StatusSubscriptionOptions) {
    this.#options = options;
  }

  /** The cursor behind the last event that was taken. */
  get cursor(): string | null {
    return this.#last?.cursor ?? this.#options.startsAfter;
  }

  get restingCursor(): string | null {
    return this.#waiting.length > 0 && !this.#ended ? this.#options.feedCursor() : null;
  }

  /** Never throws and never waits. */
  offer(positioned: PositionedEvent): void {
    if (this.#ended || !this.#options.accepts(positioned.event)) return;
    const waiting = this.#waiting.shift();
    if (waiting) {
      this.#last = positioned;
      waiting.resolve({ done: false, value: positioned });
    } else if (this.#queue.length < this.#options.maxQueued) {
      this.#queue.push(positioned);
    } else {
      this.end(this.#options.tooSlow(this.cursor));
    }
  }

  /** What is queued is dropped: the error's cursor, or the subscriber's own last one, says where to go on. */
  end(error: Error | null = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#queue.length = 0;
    this.#options.onEnd(this);
    for (const waiting of this.#waiting.splice(0)) {
      this.#finish().then(waiting.resolve, waiting.reject);
    }
  }

  next(): Promise<Result> {
    const queued = this.#queue.shift();
    if (queued) {
      this.#last = queued;
      return Promise.resolve({ done: false, value: queued });
    }
    if (this.#ended) return this.#finish();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<Result> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The error is told once; after it the subscription is over like any other. */
  #finish(): Promise<Result> {
    const error = this.#error;
    this.#error = null;
    return error ? Promise.reject(error) : Promise.resolve({ done: true, value: undefined });
  }
}
