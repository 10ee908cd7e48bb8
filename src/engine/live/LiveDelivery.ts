import type { ExecutionResult } from 'graphql';

import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';

import type { LiveMessage } from './LiveMessage.ts';
import type { LiveSink } from './LiveSink.ts';
import type { SharedExecution } from './SharedExecution.ts';

/** Maximum number of one subscriber's events that await their execution or delivery at a time. */
const maxPending = 32;

/**
 * One subscriber of a shared execution. It reads events from its own source, with its own filter and position, and
 * delivers the shared results to its sink. The transport that iterates over it gets no results, only the end. What ends
 * a subscription is listed in docs/architecture.md, "An event".
 */
export class LiveDelivery implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #source: AsyncIterator<object, undefined>;
  readonly #execution: SharedExecution;
  readonly #sink: LiveSink;
  readonly #progress: SubscriptionProgress;
  readonly #leave: () => void;
  #end: Promise<void> | null = null;
  #hasLeft = false;
  #pending = 0;
  /** Fulfilled when the last pending message has been delivered. */
  #delivered: Promise<void> = Promise.resolve();

  constructor(
    source: AsyncIterator<object, undefined>,
    execution: SharedExecution,
    { sink, progress }: { sink: LiveSink; progress: SubscriptionProgress },
  ) {
    this.#source = source;
    this.#execution = execution;
    this.#sink = sink;
    this.#progress = progress;
    progress.deliveredBy(this);
    this.#leave = execution.join();
  }

  /**
   * Returns when the subscription has ended. The first call starts the delivery: the transport is ready by then.
   *
   * @throws the error of the source, once
   */
  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (!this.#hasLeft) await (this.#end ??= this.#deliverAll());
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.#hasLeft = true;
    this.#leave();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  /** True while every event that was read from the source has been delivered. */
  get isResting(): boolean {
    return this.#pending === 0;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #deliverAll(): Promise<void> {
    try {
      while (!this.#isOver()) {
        const room = this.#sink.room();
        if (room) {
          await this.#progress.untilTaken(room, this.#sink.waitingBytes);
          continue;
        }
        if (this.#pending >= maxPending) {
          await this.#delivered;
          continue;
        }
        const result = await this.#source.next();
        if (result.done || this.#isOver()) return;
        this.#deliver(this.#execution.messageOf(result.value));
      }
    } finally {
      await this.#delivered;
      await this.return();
    }
  }

  /** Delivers messages in the order of the events, whichever execution ends first. */
  #deliver(message: LiveMessage | Promise<LiveMessage>): void {
    if (this.#pending > 0 || message instanceof Promise) {
      this.#pending += 1;
      this.#delivered = this.#deliverAfter(this.#delivered, message);
    } else {
      this.#sink.deliver(message);
    }
  }

  async #deliverAfter(previous: Promise<void>, pending: LiveMessage | Promise<LiveMessage>): Promise<void> {
    const message = await pending;
    await previous;
    this.#pending -= 1;
    if (!this.#isOver()) this.#sink.deliver(message);
  }

  /** A method, so that TypeScript does not narrow it across an `await`. */
  #isOver(): boolean {
    return this.#hasLeft;
  }
}
