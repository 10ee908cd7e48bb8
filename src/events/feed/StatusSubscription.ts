import { Deferred } from '../../concurrency/Deferred.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import type { EventWindow } from './EventWindow.ts';
import type { PositionedEvent, StatusMark } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from './StatusReader.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

export interface StatusSubscriptionOptions {
  /** Whether the subscriber wants an event. Called once per event, so it must be cheap. */
  accepts: (event: JournalStatusEvent, number: number) => boolean;
  /** The number in the window of the first event to read. */
  from: number;
  window: Pick<EventWindow, 'start' | 'at'>;
  /** Returns the feed's current cursor. */
  feedCursor: () => string | null;
  onEnd: (subscription: StatusSubscription) => void;
  /** Called when the feed has missed events while the subscriber was waiting. Returns the next event after the mark. */
  onLost: (mark: StatusMark | null) => Promise<Result>;
}

/**
 * One subscriber's place in the hub's window. Not an async generator: the `return()` of a generator waits for the next
 * event, so an idle subscriber that leaves would never be released.
 */
export class StatusSubscription implements StatusReader {
  readonly #options: StatusSubscriptionOptions;
  #pending: Deferred<Result> | null = null;
  /** The number of the next event to read; while `next` is pending, of the next event to be published. */
  #next: number;
  #last: PositionedEvent | null = null;
  #ended = false;

  constructor(options: StatusSubscriptionOptions) {
    this.#options = options;
    this.#next = options.from;
  }

  /** The last event that was delivered. */
  get last(): PositionedEvent | null {
    return this.#last;
  }

  get restingCursor(): string | null {
    return this.#pending ? this.#options.feedCursor() : null;
  }

  /** True when the window has dropped events that were not read yet. They have to be replayed. */
  get isLost(): boolean {
    return this.#next < this.#options.window.start;
  }

  /**
   * Delivers a published event if the subscriber is waiting; otherwise the subscriber reads it from the window later.
   */
  offer(positioned: PositionedEvent): void {
    const pending = this.#pending;
    if (!pending) return;
    const number = this.#next;
    this.#next += 1;
    if (!this.#options.accepts(positioned.event, number)) return;
    this.#pending = null;
    pending.resolve(this.#take(positioned));
  }

  /** Called when the feed has missed events. A waiting subscriber gets its next event from `onLost`. */
  lose(mark: StatusMark | null): void {
    const pending = this.#pending;
    this.#pending = null;
    pending?.resolve(this.#options.onLost(mark));
  }

  /** Ends without the events that were not read: the subscriber resumes after its last cursor. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd(this);
    this.#pending?.resolve({ done: true, value: undefined });
    this.#pending = null;
  }

  /** Further calls while the last one is pending return the same promise. */
  next(): Promise<Result> {
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    const { window, accepts } = this.#options;
    for (let positioned = window.at(this.#next); positioned; positioned = window.at(this.#next)) {
      const number = this.#next;
      this.#next += 1;
      if (accepts(positioned.event, number)) return Promise.resolve(this.#take(positioned));
    }
    this.#pending ??= new Deferred<Result>();
    return this.#pending.promise;
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
