/** A subscription source that the test controls. The test can wait until the source is read or its reader has left. */
export class Source implements AsyncIterableIterator<unknown, undefined> {
  /** Resolves when the source is read for the first time. */
  readonly read: Promise<void>;
  /** Resolves when its reader has left. */
  readonly left: Promise<void>;
  readonly #queue: unknown[] = [];
  readonly #waiting: {
    resolve: (result: IteratorResult<unknown, undefined>) => void;
    reject: (error: Error) => void;
  }[] = [];
  #hasEnded = false;
  #noteRead: () => void = () => undefined;
  #noteLeft: () => void = () => undefined;

  constructor() {
    this.read = new Promise((resolve) => (this.#noteRead = resolve));
    this.left = new Promise((resolve) => (this.#noteLeft = resolve));
  }

  push(value: unknown): void {
    if (this.#hasEnded) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve({ done: false, value });
    else this.#queue.push(value);
  }

  /** Rejects all pending reads. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    this.#noteRead();
    if (this.#queue.length > 0) return Promise.resolve({ done: false, value: this.#queue.shift() });
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.#noteLeft();
    this.#hasEnded = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
