/** The time over which calls and retries are counted, in ms. The counts are kept in buckets. */
const windowMs = 10_000;
const bucketMs = 1_000;

interface Bucket {
  startedAt: number;
  calls: number;
  retries: number;
}

/**
 * Limits the load that retries add when many calls fail at once. The number of retries is limited to a share of the
 * calls of the last 10 seconds, but a few are always allowed, so that a process with little traffic can retry too.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #minimum: number;
  #buckets: Bucket[] = [];

  /** @param options `share`: retries per call; `minimum`: how many retries a window allows without any calls */
  constructor({ share = 0.2, minimum = 5 }: { share?: number; minimum?: number } = {}) {
    this.#share = share;
    this.#minimum = minimum;
  }

  /** Counts a call. */
  addCall(): void {
    this.#currentBucket().calls += 1;
  }

  /** Takes one retry from the budget. Returns false when no retry is left. */
  take(): boolean {
    const bucket = this.#currentBucket();
    if (this.left < 1) return false;
    bucket.retries += 1;
    return true;
  }

  /** How many retries are available now. */
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
