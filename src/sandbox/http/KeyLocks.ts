/** Serializes requests with the same idempotency key: a duplicate waits until the first is answered. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves with a release function when it is this request's turn. */
  async acquire(key: string): Promise<() => void> {
    const before = this.#tails.get(key);
    let release = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(key, turn);
    await before;
    return () => {
      if (this.#tails.get(key) === turn) this.#tails.delete(key);
      release();
    };
  }
}
