import { Notifier } from '../../concurrency/Notifier.ts';

/** A queue between a stream and one reader. Backpressure: whoever fills it waits for `untilRoom` while it is full. */
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

  /** False once the queue has ended. */
  isFull(): boolean {
    return !this.#hasEnded && this.#items.length >= this.#max;
  }

  /** Fulfilled when half of the queue was read, or at its end. */
  untilRoom(): Promise<void> {
    return this.#room.next();
  }

  push(item: Item): void {
    if (this.#hasEnded) return;
    this.#items.push(item);
    this.#changed.notify();
  }

  /** Ends the queue after the items that are in it. @param failure its error is thrown to the reader at the end, once */
  end(failure: { error: unknown } | null = null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#failure = failure;
    this.#changed.notify();
    this.#room.notify();
  }

  /** Ends the queue at once. */
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
