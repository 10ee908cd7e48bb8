import { randomUUID } from 'node:crypto';

import { pause } from '../../concurrency/waitFor.ts';
import type { RedisConnection } from '../../redis/RedisConnection.ts';
import { luaNow, RedisScript } from '../../redis/RedisScript.ts';

/**
 * Adds or renews a token in a sorted set of tokens, which are sorted by expiry time. Returns 0 if the set is full.
 * KEYS: set. ARGV: token, duration in ms, maximum number of tokens.
 */
const takeScript = new RedisScript(`${luaNow}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local isTaken = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not isTaken and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

const key = 'feed:replays';
/** How long a slot is held without renewal, in ms. After this time, the slots of a killed gateway are free again. */
const durationMs = 10_000;
const renewalMs = 3_000;
/** The longest pause between two attempts to get a slot, in ms. */
const retryMs = 200;
/** After this many failed calls to Redis, only the gateway's own limit applies. */
const maxFailures = 3;
const unlimited = Number.MAX_SAFE_INTEGER;

/** Limits the replays of all gateways together, in addition to each gateway's own limit. */
export class RedisSlots {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /**
   * Waits for a slot. If Redis can't be reached, the reader continues without one.
   *
   * @param max the number of slots; null to take one even if other gateways have taken all of them
   * @param signal ends the wait
   * @returns a function that releases the slot; null when the signal was aborted first
   */
  async take(max: number | null, signal: AbortSignal): Promise<(() => void) | null> {
    const token = randomUUID();
    for (let failures = 0; failures < maxFailures;) {
      if (signal.aborted) return null;
      const isHeld = await this.#hold(token, max ?? unlimited);
      if (isHeld) break;
      if (isHeld === null) failures += 1;
      await pause(retryMs * (0.5 + Math.random() / 2), signal);
    }
    const renewal = setInterval(() => void this.#hold(token, unlimited), renewalMs);
    return () => {
      clearInterval(renewal);
      this.#redis.run((client) => client.zrem(key, token)).catch(() => undefined);
    };
  }

  /** Takes or renews a slot, and returns whether the slot is held; null if Redis can't be reached. */
  async #hold(token: string, max: number): Promise<boolean | null> {
    const answer = this.#redis.runScript(takeScript, [key], [token, durationMs, max]);
    return answer.then(
      (taken) => taken === 1,
      () => null,
    );
  }
}
