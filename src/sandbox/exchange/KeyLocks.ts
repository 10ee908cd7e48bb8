/** Lets requests with the same key go one after the other: a twin waits until the first is answered. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves when it is this request's turn; the caller calls what it gets when its turn is over. */
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
