import { randomUUID } from 'node:crypto';

import type { RedisConnection } from './RedisConnection.ts';
import { luaNow, RedisScript } from './RedisScript.ts';

/** Pause between heartbeats, in ms. */
const heartbeatMs = 1_000;
/** How long after its last heartbeat a gateway counts as dead, in ms. */
const deadMs = 3_500;

const heartbeat = new RedisScript(`${luaNow}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

/**
 * The gateways that share this Redis, including this one. While Redis can't be reached, the gateways that were alive
 * before count as alive.
 */
export class Peers {
  readonly id = randomUUID();
  readonly #redis: RedisConnection;
  #alive: ReadonlySet<string> = new Set([this.id]);
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: Promise<void> | null = null;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** How many gateways are alive. */
  get count(): number {
    return this.#alive.size;
  }

  isAlive(id: string): boolean {
    return this.#alive.has(id);
  }

  /** Sends the first heartbeat, and from then on one per interval. */
  async start(): Promise<void> {
    await this.#sendHeartbeat();
    this.#timer = setInterval(() => {
      this.#heartbeat ??= this.#sendHeartbeat().finally(() => (this.#heartbeat = null));
    }, heartbeatMs);
  }

  /** Removes this gateway, so that the other gateways don't wait until its last heartbeat has expired. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#heartbeat;
    await this.#redis.run((client) => client.zrem('gateways', this.id)).catch(() => undefined);
  }

  async #sendHeartbeat(): Promise<void> {
    const alive = await this.#redis.runScript(heartbeat, ['gateways'], [this.id, deadMs]).catch(() => null);
    if (Array.isArray(alive)) this.#alive = new Set([...alive.map(String), this.id]);
  }
}
