/** A subscription's source in a test's hands: it tells whether it was left. */
export class Source implements AsyncIterableIterator<unknown, undefined> {
  /** Fulfilled when somebody reads from it. */
  readonly read: Promise<void>;
  /** Fulfilled when its reader has left it. */
  readonly left: Promise<void>;
  readonly #queue: unknown[] = [];
  readonly #waiting: ((result: IteratorResult<unknown, undefined>) => void)[] = [];
  #noteRead: () => void = () => undefined;
  #noteLeft: () => void = () => undefined;

  constructor() {
    this.read = new Promise((resolve) => (this.#noteRead = resolve));
    this.left = new Promise((resolve) => (this.#noteLeft = resolve));
  }

  push(value: unknown): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting({ done: false, value });
    else this.#queue.push(value);
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    this.#noteRead();
    if (this.#queue.length > 0) return Promise.resolve({ done: false, value: this.#queue.shift() });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.#noteLeft();
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
