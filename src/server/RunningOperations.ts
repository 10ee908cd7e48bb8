import { EventEmitter, once } from 'node:events';

/** Counts what must end before the process may: operations under way and answers being written, subscriptions not. */
export class RunningOperations {
  readonly #idle = new EventEmitter();
  readonly #ends = new WeakMap<object, () => void>();
  #count = 0;
  #isDraining = false;

  get count(): number {
    return this.#count;
  }

  /** True from the moment the gateway is told to stop: what has not begun is refused. */
  get isDraining(): boolean {
    return this.#isDraining;
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

  /** Lets nothing new begin and waits until nothing runs, or until the signal ends the wait. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    while (this.#count > 0 && !signal.aborted) {
      // The one error is the signal's: who waited for too long goes on without.
      await once(this.#idle, 'idle', { signal }).catch(() => undefined);
    }
  }
}
