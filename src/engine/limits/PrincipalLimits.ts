import { RateLimiter } from 'limiter';
import { LRUCache } from 'lru-cache';

import { releaseOnce } from '../../concurrency/releaseOnce.ts';
import type { Limits } from '../../config/limits.ts';
import { concurrencyExceeded, rateExceeded } from '../../errors/limitErrors.ts';
import { lruCache } from '../../lruCache.ts';

/** Rates that are kept. A principal whose rate was dropped has sent nothing for long and starts with a full allowance. */
const maxPrincipals = 10_000;

/** Limits the operations of each principal, on all of its connections together. */
export class PrincipalLimits {
  readonly #maxPerSecond: number | null;
  readonly #maxConcurrent: number | null;
  readonly #rates = new LRUCache<string, RateLimiter>(lruCache(maxPrincipals));
  readonly #running = new Map<string, number>();

  constructor({ maxPerSecond, maxConcurrent }: Pick<Limits, 'maxPerSecond' | 'maxConcurrent'>) {
    this.#maxPerSecond = maxPerSecond;
    this.#maxConcurrent = maxConcurrent;
  }

  /** Counts one more operation. @throws GraphQLError when the principal exceeds its rate */
  countOperation(principal: string): void {
    if (this.#maxPerSecond === null) return;
    const rate = this.#rates.get(principal) ?? this.#createRate(principal, this.#maxPerSecond);
    if (!rate.tryRemoveTokens(1)) throw rateExceeded(this.#maxPerSecond, rate.getWaitTime(1));
  }

  /**
   * Starts an operation.
   *
   * @returns a function to call when it has ended
   * @throws GraphQLError when too many are running
   */
  begin(principal: string): () => void {
    const count = this.#running.get(principal) ?? 0;
    if (this.#maxConcurrent !== null && count >= this.#maxConcurrent) throw concurrencyExceeded(this.#maxConcurrent);
    this.#add(principal, 1);
    return releaseOnce(() => this.#add(principal, -1));
  }

  /**
   * Doesn't count a running operation while it only waits. When it goes on, the principal may have more running than it
   * may begin.
   */
  suspend(principal: string): () => void {
    this.#add(principal, -1);
    return releaseOnce(() => this.#add(principal, 1));
  }

  #add(principal: string, operations: number): void {
    const count = (this.#running.get(principal) ?? 0) + operations;
    if (count === 0) this.#running.delete(principal);
    else this.#running.set(principal, count);
  }

  #createRate(principal: string, tokensPerInterval: number): RateLimiter {
    const rate = new RateLimiter({ tokensPerInterval, interval: 'second' });
    this.#rates.set(principal, rate);
    return rate;
  }
}
