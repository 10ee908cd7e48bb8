import type { ExecutionResult } from 'graphql';

import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';

import type { LiveMessage } from './LiveMessage.ts';
import type { LiveSink } from './LiveSink.ts';
import type { SharedExecution } from './SharedExecution.ts';

/** Events of one subscriber that may be executed at a time, each waiting for what it reads. */
const maxUnderWay = 32;

/**
 * One subscriber of a shared execution. Its source is its own, and with it its filter, its place and its end;
 * what an event shows is everybody's, and goes to the sink. The transport that reads from it gets no result: it is told
 * when it ends and why.
 */
export class LiveSubscription implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #source: AsyncIterator<object, undefined>;
  readonly #execution: SharedExecution;
  readonly #sink: LiveSink;
  readonly #progress: SubscriptionProgress;
  readonly #leave: () => void;
  #end: Promise<void> | null = null;
  #hasLeft = false;
  #underWay = 0;
  /** Fulfilled when the last message that was under way has been delivered. */
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

  /** Delivers from the first call on: by then the transport is ready for it. @throws what ended the source, once */
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

  /** True while nothing that its source has handed out waits to be delivered. */
  get isResting(): boolean {
    return this.#underWay === 0;
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
        if (this.#underWay >= maxUnderWay) {
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

  /** In the order of the events, whichever is executed first. */
  #deliver(message: LiveMessage | Promise<LiveMessage>): void {
    if (this.#underWay > 0 || message instanceof Promise) {
      this.#underWay += 1;
      this.#delivered = this.#inTurn(this.#delivered, message);
    } else {
      this.#sink.deliver(message);
    }
  }

  async #inTurn(before: Promise<void>, message: LiveMessage | Promise<LiveMessage>): Promise<void> {
    const ready = await message;
    await before;
    this.#underWay -= 1;
    if (!this.#isOver()) this.#sink.deliver(ready);
  }

  /** Asked anew after each wait. */
  #isOver(): boolean {
    return this.#hasLeft;
  }
}
