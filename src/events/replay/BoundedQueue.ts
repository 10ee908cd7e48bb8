import { Notifier } from '../../concurrency/Notifier.ts';

/**
 * A queue between a stream and one reader. For backpressure, the writer waits for `untilRoom` while the queue is full.
 */
export class BoundedQueue<Item extends object> implements AsyncIterableIterator<Item, undefined> {
  readonly #max: number;
  readonly #changed = new Notifier();
  readonly #room = new Notifier();
  #items: Item[] = [];
  #hasEnded = false;
  #failure: { error: unknown } | null = null;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether the maximum number of items is queued; always false once the queue has ended. */
  isFull(): boolean {
    return !this.#hasEnded && this.#items.length >= this.#max;
  }

  /** Fulfilled when the queue is no more than half full, or has ended. */
  untilRoom(): Promise<void> {
    return this.#room.next();
  }

  push(item: Item): void {
    if (this.#hasEnded) return;
    this.#items.push(item);
    this.#changed.notify();
  }

  /**
   * Ends the queue after the items in it.
   *
   * @param failure after the last item, its error is thrown to the reader once
   */
  end(failure: { error: unknown } | null = null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#failure = failure;
    this.#changed.notify();
    this.#room.notify();
  }

  /** Ends the queue and drops the items in it. */
  close(): void {
    this.#items = [];
    this.end();
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    while (this.#items.length === 0 && !this.#hasEnded) await this.#changed.next();
    const value = this.#items.shift();
    if (value) {
      if (this.#items.length <= this.#max / 2) this.#room.notify();
      return { done: false, value };
    }
    const failure = this.#failure;
    this.#failure = null;
    if (failure) throw failure.error;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
