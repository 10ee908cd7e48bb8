import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { releaseOnce } from '../../concurrency/releaseOnce.ts';
import type { RedisConnection } from '../../redis/RedisConnection.ts';
import { luaNow, RedisScript } from '../../redis/RedisScript.ts';

import type { Slots } from '../replay/StreamSlots.ts';

/** A sorted set of tokens by the time at which they expire. KEYS: set. ARGV: token, duration in ms, most tokens. */
const takeScript = new RedisScript(`${luaNow}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local isTaken = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not isTaken and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

const key = 'feed:replays';
/** How long a slot is held without renewal, in ms. After this time, a slot of a gateway that was killed is free again. */
const durationMs = 10_000;
const renewalMs = 3_000;
/** The longest pause between two attempts to get a slot, in ms. */
const retryMs = 200;
/** After this many failures of Redis, only the gateway's own limit applies. */
const maxFailures = 3;

/**
 * Limits the replays of all gateways together. Each gateway's own limit applies first, and is the only one while Redis can't
 * be reached. An urgent reader does not wait for other gateways.
 */
export class SharedSlots implements Slots {
  readonly #redis: RedisConnection;
  readonly #own: Slots;
  readonly #max: number;

  constructor(redis: RedisConnection, own: Slots, max: number) {
    this.#redis = redis;
    this.#own = own;
    this.#max = max;
  }

  get taken(): number {
    return this.#own.taken;
  }

  async take(signal: AbortSignal, isUrgent = false): Promise<(() => void) | null> {
    const releaseOwn = await this.#own.take(signal, isUrgent);
    if (!releaseOwn) return null;
    const token = randomUUID();
    const max = isUrgent ? Number.MAX_SAFE_INTEGER : this.#max;
    for (let failures = 0; failures < maxFailures;) {
      const isHeld = await this.#hold(token, max).catch(() => null);
      if (isHeld) break;
      if (isHeld === null) failures += 1;
      await wait(retryMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) continue;
      releaseOwn();
      return null;
    }
    const renew = () => this.#hold(token, Number.MAX_SAFE_INTEGER).catch(() => undefined);
    const renewal = setInterval(() => void renew(), renewalMs);
    return releaseOnce(() => {
      clearInterval(renewal);
      releaseOwn();
      this.#redis.run((client) => client.zrem(key, token)).catch(() => undefined);
    });
  }

  /** Takes or renews a slot. @throws RedisUnavailableError */
  async #hold(token: string, max: number): Promise<boolean> {
    return (await this.#redis.runScript(takeScript, [key], [token, durationMs, max])) === 1;
  }
}
