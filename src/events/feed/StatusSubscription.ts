import { Deferred } from '../../concurrency/Deferred.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import type { EventWindow } from './EventWindow.ts';
import type { PositionedEvent, StatusMark } from '../cursor/PositionedEvent.ts';
import type { StatusReader } from './StatusReader.ts';

type Result = IteratorResult<PositionedEvent, undefined>;

export interface StatusSubscriptionOptions {
  /** Which events the subscriber wants. Called once per event, synchronous and cheap. */
  accepts: (event: JournalStatusEvent, number: number) => boolean;
  /** The number in the window of the first event to read. */
  from: number;
  window: Pick<EventWindow, 'start' | 'at'>;
  /** The feed's cursor now. */
  feedCursor: () => string | null;
  onEnd: (subscription: StatusSubscription) => void;
  /** Reads on after the mark when the feed has missed events while the subscriber waits. */
  onLost: (mark: StatusMark | null) => Promise<Result>;
}

/**
 * One subscriber's place in the hub's window. Not an `async function*`: `return()` of one waits for the next event, so an
 * idle subscriber that leaves would never be released.
 */
export class StatusSubscription implements StatusReader {
  readonly #options: StatusSubscriptionOptions;
  #pending: Deferred<Result> | null = null;
  /** The number of the next event to read. While `next` is pending, that of the next event to be published. */
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

  /** Delivers an event that was published, if the subscriber waits; otherwise it will read it from the window. */
  offer(positioned: PositionedEvent): void {
    const pending = this.#pending;
    if (!pending) return;
    const number = this.#next;
    this.#next += 1;
    if (!this.#options.accepts(positioned.event, number)) return;
    this.#pending = null;
    pending.resolve(this.#take(positioned));
  }

  /** To be called when events are missing: the window no longer has what a subscriber that waits has not received. */
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
