import { LRUCache } from 'lru-cache';

import { lruCache } from '../../lruCache.ts';
import { hashedName } from '../../redis/hashedName.ts';
import type { RedisConnection } from '../../redis/RedisConnection.ts';

export interface LostCallsOptions {
  /** What is lost, for keys in Redis. */
  name: string;
  /** Kept in memory; more are forgotten, the oldest first. */
  max: number;
  /** How long one is kept, in ms. */
  keptMs: number;
  /** Null if the gateway runs alone. */
  redis?: RedisConnection | null;
}

/**
 * Calls whose answer was lost, by key or journal id. With Redis, those of all gateways; while it is gone, this gateway's
 * own.
 */
export class LostCalls {
  readonly #options: LostCallsOptions;
  readonly #own: LRUCache<string, true>;

  constructor(options: LostCallsOptions) {
    this.#options = options;
    this.#own = new LRUCache({ ...lruCache(options.max), ttl: options.keptMs });
  }

  /** Waits until the others can know, since the client may repeat the call elsewhere. */
  async add(id: string): Promise<void> {
    const { redis, keptMs } = this.#options;
    this.#own.set(id, true);
    await redis?.run((client) => client.set(this.#keyOf(id), '', 'PX', keptMs)).catch(() => undefined);
  }

  async has(id: string): Promise<boolean> {
    if (this.#own.has(id)) return true;
    const { redis } = this.#options;
    if (!redis) return false;
    return redis
      .run((client) => client.exists(this.#keyOf(id)))
      .then(
        (count) => count > 0,
        () => false,
      );
  }

  /** Only its own: another gateway's entry expires. */
  delete(id: string): void {
    if (!this.#own.delete(id)) return;
    this.#options.redis?.run((client) => client.del(this.#keyOf(id))).catch(() => undefined);
  }

  #keyOf(id: string): string {
    return `lost:${this.#options.name}:${hashedName(id)}`;
  }
}
