import type { Log } from '../log.ts';

import { checkPersistence } from './checkPersistence.ts';
import { checkServer } from './checkServer.ts';
import { keyPrefixOf } from './keyPrefixOf.ts';
import type { RedisAccount } from './keyPrefixOf.ts';
import type { RedisConnection } from './RedisConnection.ts';

/** How long the start waits for the connection, in ms: longer than an attempt to connect takes. */
const openMs = 3_000;

/**
 * Connects to Redis, and warns if it does not keep what it confirms. A Redis that is down does not prevent the start; one
 * that refuses the gateway or can't be used does. Loads the client, which a gateway without Redis does not need.
 *
 * @throws SetupError
 */
export async function openRedis(url: string, account: RedisAccount, log: Log): Promise<RedisConnection> {
  const { RedisConnection } = await import('./RedisConnection.ts');
  const redis = new RedisConnection({ url, keyPrefix: keyPrefixOf(account), log });
  try {
    await redis.opened(openMs);
    await checkServer(redis, log);
    if (redis.state.isReady) await checkPersistence(redis, log);
    return redis;
  } catch (error) {
    redis.close();
    throw error;
  }
}
