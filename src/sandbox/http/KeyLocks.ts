/** Serializes requests with the same idempotency key: a duplicate waits until the first is answered. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Does the work when it is this request's turn; at once without a key. @throws what the work throws */
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
