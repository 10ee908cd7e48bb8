import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import type { EventWindow } from './EventWindow.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from './StatusReader.ts';

export interface StatusSubscriptionOptions {
  /** Which events the subscriber wants; asked once for each event, cheap and free of waiting. */
  accepts: (event: JournalStatusEvent, number: number) => boolean;
  /** The number in the window of the first event to read. */
  from: number;
  window: Pick<EventWindow, 'start' | 'at'>;
  /** Where the feed stands now. */
  feedCursor: () => string | null;
  onEnd: (subscription: StatusSubscription) => void;
}

type Result = IteratorResult<PositionedEvent, undefined>;

/**
 * One subscriber's place in the hub's window. Written by hand: an `async function*` parked on a promise can't be returned
 * from, and an idle subscriber that leaves would stay for ever.
 */
export class StatusSubscription implements StatusReader {
  readonly #options: StatusSubscriptionOptions;
  readonly #waiting: ((result: Result) => void)[] = [];
  /** The number of the event to read next; while somebody waits, it is that of the next event to be published. */
  #next: number;
  #last: PositionedEvent | null = null;
  #ended = false;

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

  /** The window no longer holds what it has not read: it must be ended, and what it missed be had from elsewhere. */
  get isLost(): boolean {
    return this.#next < this.#options.window.start;
  }

  /** Something was published: who is behind will find it in the window. Never throws and never waits. */
  offer(positioned: PositionedEvent): void {
    if (this.#waiting.length === 0) return;
    const number = this.#next;
    this.#next += 1;
    if (this.#options.accepts(positioned.event, number)) this.#waiting.shift()?.(this.#take(positioned));
  }

  /** What has not been read is given up: the subscriber's last cursor says where to go on. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd(this);
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  next(): Promise<Result> {
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    const { window, accepts } = this.#options;
    for (let positioned = window.at(this.#next); positioned; positioned = window.at(this.#next)) {
      const number = this.#next;
      this.#next += 1;
      if (accepts(positioned.event, number)) return Promise.resolve(this.#take(positioned));
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
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
}
