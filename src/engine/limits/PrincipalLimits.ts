import { RateLimiter } from 'limiter';
import { LRUCache } from 'lru-cache';

import type { Limits } from '../../config/limits.ts';
import { concurrencyExceeded, rateExceeded } from '../../errors/limitErrors.ts';
import { lruCache } from '../../lruCache.ts';
import type { Sharing } from '../../redis/Sharing.ts';

import { SharedCounts } from './SharedCounts.ts';

/** Rates that are kept. A principal whose rate was dropped has sent nothing for long and starts with a full allowance. */
const maxPrincipals = 10_000;

/** Limits the operations of each principal, on all of its connections to all gateways together. */
export class PrincipalLimits {
  readonly #maxPerSecond: number | null;
  readonly #maxConcurrent: number | null;
  readonly #rates = new LRUCache<string, RateLimiter>(lruCache(maxPrincipals));
  readonly #running = new Map<string, number>();
  /** Operations on other gateways that the rate here has not been charged for yet. */
  readonly #debts = new Map<string, number>();
  readonly #elsewhere: SharedCounts | null;

  /** @param sharing the other gateways; null if there are none */
  constructor(
    { maxPerSecond, maxConcurrent }: Pick<Limits, 'maxPerSecond' | 'maxConcurrent'>,
    sharing: Sharing | null = null,
  ) {
    this.#maxPerSecond = maxPerSecond;
    this.#maxConcurrent = maxConcurrent;
    const isLimited = maxPerSecond !== null || maxConcurrent !== null;
    this.#elsewhere =
      sharing && isLimited ? new SharedCounts(sharing, this.#running, (...used) => this.#charge(...used)) : null;
  }

  /** Counts one more operation. @throws GraphQLError when the principal exceeds its rate */
  countOperation(principal: string): void {
    if (this.#maxPerSecond === null) return;
    const rate = this.#rates.get(principal) ?? this.#createRate(principal, this.#maxPerSecond);
    if (this.#debts.has(principal)) this.#charge(principal, 0);
    const isExhausted = this.#debts.has(principal) || !rate.tryRemoveTokens(1);
    if (isExhausted) throw rateExceeded(this.#maxPerSecond, rate.getWaitTime(1));
    this.#elsewhere?.noteUsed(principal);
  }

  /** Starts an operation. @throws GraphQLError when too many are running */
  begin(principal: string): void {
    const count = this.#running.get(principal) ?? 0;
    const all = count + (this.#elsewhere?.runningElsewhere(principal) ?? 0);
    if (this.#maxConcurrent !== null && all >= this.#maxConcurrent) throw concurrencyExceeded(this.#maxConcurrent);
    this.#add(principal, 1);
  }

  /** To be called once when an operation has ended. */
  end(principal: string): void {
    this.#add(principal, -1);
  }

  /**
   * Doesn't count a running operation while it only waits. When it goes on, the principal may have more running than it
   * may begin.
   */
  suspend(principal: string): void {
    this.#add(principal, -1);
  }

  /** To be called once when a suspended operation goes on. */
  resume(principal: string): void {
    this.#add(principal, 1);
  }

  #add(principal: string, operations: number): void {
    const count = (this.#running.get(principal) ?? 0) + operations;
    if (count === 0) this.#running.delete(principal);
    else this.#running.set(principal, count);
    this.#elsewhere?.noteChange();
  }

  close(): void {
    this.#elsewhere?.close();
  }

  /** Takes operations on other gateways off the rate; what it does not cover yet, later. At most a second's operations. */
  #charge(principal: string, count: number): void {
    if (this.#maxPerSecond === null) return;
    const rate = this.#rates.get(principal) ?? this.#createRate(principal, this.#maxPerSecond);
    const debt = Math.min(this.#maxPerSecond, (this.#debts.get(principal) ?? 0) + count);
    const paid = Math.min(debt, Math.floor(rate.getTokensRemaining()));
    const left = paid > 0 && rate.tryRemoveTokens(paid) ? debt - paid : debt;
    if (left > 0) this.#debts.set(principal, left);
    else this.#debts.delete(principal);
  }

  #createRate(principal: string, tokensPerInterval: number): RateLimiter {
    const rate = new RateLimiter({ tokensPerInterval, interval: 'second' });
    this.#rates.set(principal, rate);
    return rate;
  }
}
