/** Calls and retries are counted over this time, in buckets, in ms. */
const windowMs = 10_000;
const bucketMs = 1_000;

interface Bucket {
  startedAt: number;
  calls: number;
  retries: number;
}

/**
 * Limits the load that retries add when many calls fail at once: a share of the calls of the last 10 seconds, and at
 * least a few, so that a process with little traffic can retry as well.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #minimum: number;
  #buckets: Bucket[] = [];

  /** @param options `minimum` retries are always available in a window */
  constructor({ share = 0.2, minimum = 5 }: { share?: number; minimum?: number } = {}) {
    this.#share = share;
    this.#minimum = minimum;
  }

  /** Counts a call. */
  addCall(): void {
    this.#currentBucket().calls += 1;
  }

  /** Takes one retry from the budget; false when there is none left. */
  take(): boolean {
    const bucket = this.#currentBucket();
    if (this.left < 1) return false;
    bucket.retries += 1;
    return true;
  }

  /** Retries that are available now. */
  get left(): number {
    const now = performance.now();
    this.#buckets = this.#buckets.filter(({ startedAt }) => startedAt > now - windowMs);
    const sumOf = (field: 'calls' | 'retries') => this.#buckets.reduce((sum, bucket) => sum + bucket[field], 0);
    return Math.floor(Math.max(this.#minimum, sumOf('calls') * this.#share) - sumOf('retries'));
  }

  #currentBucket(): Bucket {
    const now = performance.now();
    let bucket = this.#buckets.at(-1);
    if (!bucket || now - bucket.startedAt >= bucketMs) {
      bucket = { startedAt: now, calls: 0, retries: 0 };
      this.#buckets = [...this.#buckets.filter(({ startedAt }) => startedAt > now - windowMs), bucket];
    }
    return bucket;
  }
}
