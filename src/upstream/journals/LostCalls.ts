import { LRUCache } from 'lru-cache';

import { lruCache } from '../../lruCache.ts';
import { hashedName } from '../../redis/hashedName.ts';
import type { RedisConnection } from '../../redis/RedisConnection.ts';

export interface LostCallsOptions {
  /** The kind of calls, for keys in Redis. */
  name: string;
  /** Maximum number of calls kept in memory; the oldest are dropped first. */
  max: number;
  /** How long a call is kept, in ms. */
  keptMs: number;
  /** Null if the gateway runs alone. */
  redis?: RedisConnection | null;
}

/**
 * Calls with an attempt whose outcome was unknown, because the response was lost or decided nothing, by key or journal
 * id: those of all gateways that share Redis, or only this gateway's own while Redis can't be reached.
 */
export class LostCalls {
  readonly #options: LostCallsOptions;
  readonly #own: LRUCache<string, true>;

  constructor(options: LostCallsOptions) {
    this.#options = options;
    this.#own = new LRUCache({ ...lruCache(options.max), ttl: options.keptMs });
  }

  /** Adds a call, and waits until other gateways can read it, since the client may repeat the call there. */
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

  /** Removes a call that this gateway has added. Those of other gateways expire. */
  delete(id: string): void {
    if (!this.#own.delete(id)) return;
    this.#options.redis?.run((client) => client.del(this.#keyOf(id))).catch(() => undefined);
  }

  #keyOf(id: string): string {
    return `lost:${this.#options.name}:${hashedName(id)}`;
  }
}
