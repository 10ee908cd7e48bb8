/** The window that the share is taken of, in ms. */
const windowMs = 10_000;
const bucketMs = 1_000;

interface Bucket {
  startedAt: number;
  calls: number;
  repeats: number;
}

/**
 * How much load repeating may add when much fails at once: a share of the calls of the last seconds, and a few more so
 * that a quiet process may repeat at all.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #floor: number;
  readonly #buckets: Bucket[] = [];

  /** @param floor repeats that a window always has */
  constructor({ share = 0.2, floor = 5 }: { share?: number; floor?: number } = {}) {
    this.#share = share;
    this.#floor = floor;
  }

  /** A call begins. */
  called(): void {
    this.#bucket().calls += 1;
  }

  /** True when one more repeat is within the budget, which it is then taken from. */
  take(): boolean {
    const bucket = this.#bucket();
    if (this.left < 1) return false;
    bucket.repeats += 1;
    return true;
  }

  /** Repeats that are within the budget now. */
  get left(): number {
    this.#forgetOld();
    const calls = this.#buckets.reduce((sum, each) => sum + each.calls, 0);
    const repeats = this.#buckets.reduce((sum, each) => sum + each.repeats, 0);
    return Math.floor(Math.max(this.#floor, calls * this.#share) - repeats);
  }

  /** The bucket of this second. */
  #bucket(): Bucket {
    this.#forgetOld();
    const now = performance.now();
    const last = this.#buckets.at(-1);
    if (last && now - last.startedAt < bucketMs) return last;
    const bucket = { startedAt: now, calls: 0, repeats: 0 };
    this.#buckets.push(bucket);
    return bucket;
  }

  #forgetOld(): void {
    const oldest = performance.now() - windowMs;
    while (this.#buckets[0] && this.#buckets[0].startedAt <= oldest) this.#buckets.shift();
  }
}
