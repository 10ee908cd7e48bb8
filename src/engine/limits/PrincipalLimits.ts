import { RateLimiter } from 'limiter';
import { LRUCache } from 'lru-cache';

import type { Limits } from '../../config/limits.ts';
import { concurrencyExceeded, rateExceeded } from '../../errors/limitErrors.ts';
import { lruCache } from '../../lruCache.ts';
import type { Sharing } from '../../redis/Sharing.ts';

import { SharedCounts } from './SharedCounts.ts';

/**
 * Maximum number of principals whose rate is kept. The one idle for longest is dropped, and later starts with a full
 * allowance again.
 */
const maxPrincipals = 10_000;

/** Limits the operations of each principal, on all of its connections to all gateways together. */
export class PrincipalLimits {
  readonly #maxPerSecond: number | null;
  readonly #maxConcurrent: number | null;
  readonly #rates = new LRUCache<string, RateLimiter>(lruCache(maxPrincipals));
  readonly #running = new Map<string, number>();
  /** By principal, the operations on other gateways that its rate here has not been charged for yet. */
  readonly #debts = new Map<string, number>();
  readonly #elsewhere: SharedCounts | null;

  /** @param sharing connects this gateway with others; null if it runs alone */
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

  /** Call it once when an operation has ended. */
  end(principal: string): void {
    this.#add(principal, -1);
  }

  /**
   * Stops counting a running operation while it only waits. It may resume even if the principal has reached its limit
   * in the meantime.
   */
  suspend(principal: string): void {
    this.#add(principal, -1);
  }

  /** Call it once when a suspended operation continues. */
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

  /**
   * Charges operations on other gateways to the rate of a principal. Those that exceed its allowance are charged later,
   * at most as many as the rate allows per second.
   */
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
