/** Serializes requests with the same idempotency key: a duplicate waits until the first request has been answered. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` after all earlier work with the same key, or immediately without a key. @throws what `work` throws */
  async run(key: string | undefined, work: () => Promise<void>): Promise<void> {
    if (key === undefined) return work();
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(work);
    const tail = turn.catch(() => undefined);
    this.#tails.set(key, tail);
    await tail;
    if (this.#tails.get(key) === tail) this.#tails.delete(key);
    return turn;
  }
}
