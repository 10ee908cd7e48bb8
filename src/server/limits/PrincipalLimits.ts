import { RateLimiter } from 'limiter';
import { LRUCache } from 'lru-cache';

import { lruCache } from '../../lruCache.ts';

import type { Limits } from '../../config/limits.ts';
import { tooManyAtOnce, tooOften } from '../../errors/limitErrors.ts';

/** Principals whose rate is remembered; of one that is forgotten, no more is known than that it was quiet for long. */
const maxPrincipals = 10_000;

/** How much each principal may ask, whatever connections it asks over. */
export class PrincipalLimits {
  readonly #maxPerSecond: number | null;
  readonly #maxConcurrent: number | null;
  readonly #rates = new LRUCache<string, RateLimiter>(lruCache(maxPrincipals));
  readonly #underWay = new Map<string, number>();

  constructor({ maxPerSecond, maxConcurrent }: Pick<Limits, 'maxPerSecond' | 'maxConcurrent'>) {
    this.#maxPerSecond = maxPerSecond;
    this.#maxConcurrent = maxConcurrent;
  }

  /** One more operation is asked for. @throws GraphQLError when that is too often */
  ask(principal: string): void {
    if (this.#maxPerSecond === null) return;
    const rate = this.#rates.get(principal) ?? this.#rateOf(principal, this.#maxPerSecond);
    if (!rate.tryRemoveTokens(1)) throw tooOften(this.#maxPerSecond, rate.getWaitTime(1));
  }

  /**
   * One more is begun.
   *
   * @returns to be called when it has ended
   * @throws GraphQLError when too many are under way
   */
  begin(principal: string): () => void {
    const count = this.#underWay.get(principal) ?? 0;
    if (this.#maxConcurrent !== null && count >= this.#maxConcurrent) throw tooManyAtOnce(this.#maxConcurrent);
    this.#underWay.set(principal, count + 1);
    return () => this.#end(principal);
  }

  #end(principal: string): void {
    const left = (this.#underWay.get(principal) ?? 1) - 1;
    if (left === 0) this.#underWay.delete(principal);
    else this.#underWay.set(principal, left);
  }

  #rateOf(principal: string, tokensPerInterval: number): RateLimiter {
    const rate = new RateLimiter({ tokensPerInterval, interval: 'second' });
    this.#rates.set(principal, rate);
    return rate;
  }
}
