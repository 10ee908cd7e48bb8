import { EventEmitter, once } from 'node:events';

/** Counts what must end before the process may: operations under way and answers being written, subscriptions not. */
export class RunningOperations {
  readonly #idle = new EventEmitter();
  readonly #ends = new WeakMap<object, () => void>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /**
   * @param key what `forget` knows it by
   * @returns to be called when it has ended; calling it again does nothing
   */
  begin(key?: object): () => void {
    let ended = false;
    this.#count += 1;
    const end = () => {
      if (ended) return;
      ended = true;
      this.#count -= 1;
      if (this.#count === 0) this.#idle.emit('idle');
    };
    if (key) this.#ends.set(key, end);
    return end;
  }

  /** It never ends by itself, so nothing waits for it. */
  forget(key: object): void {
    this.#ends.get(key)?.();
  }

  /** Waits until nothing runs. @throws AbortError when the signal ends the wait */
  async whenIdle(signal: AbortSignal): Promise<void> {
    while (this.#count > 0) await once(this.#idle, 'idle', { signal });
  }
}
