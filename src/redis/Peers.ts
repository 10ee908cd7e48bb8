import { randomUUID } from 'node:crypto';

import type { RedisConnection } from './RedisConnection.ts';
import { RedisScript } from './RedisScript.ts';

/** Pause between signs of life, in ms. */
const beatMs = 1_000;
/** A gateway that gave no sign of life for so long counts as dead, in ms. */
const deadMs = 3_500;

const beat = new RedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

/** The gateways that share this Redis, itself included. While Redis is gone, those that were alive last count as alive. */
export class Peers {
  readonly id = randomUUID();
  readonly #redis: RedisConnection;
  #alive: ReadonlySet<string> = new Set([this.id]);
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | null = null;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** How many gateways there are. */
  get count(): number {
    return this.#alive.size;
  }

  isAlive(id: string): boolean {
    return this.#alive.has(id);
  }

  /** Gives the first sign of life. */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => {
      this.#beating ??= this.#beat().finally(() => (this.#beating = null));
    }, beatMs);
  }

  /** The others know at once that this gateway is gone. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#redis.run((client) => client.zrem('gateways', this.id)).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const alive = await this.#redis.runScript(beat, ['gateways'], [this.id, deadMs]).catch(() => null);
    if (Array.isArray(alive)) this.#alive = new Set([...alive.map(String), this.id]);
  }
}
