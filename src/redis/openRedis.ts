import type { Log } from '../log.ts';

import { checkPersistence } from './checkPersistence.ts';
import { keyPrefixOf } from './keyPrefixOf.ts';
import type { RedisAccount } from './keyPrefixOf.ts';
import type { RedisConnection } from './RedisConnection.ts';

/**
 * Connects to Redis and warns if it does not keep what it confirms. A Redis that is down does not prevent the start.
 * Loads the client, which a gateway without Redis does not need.
 */
export async function openRedis(url: string, account: RedisAccount, log: Log): Promise<RedisConnection> {
  const { RedisConnection } = await import('./RedisConnection.ts');
  const redis = new RedisConnection({ url, keyPrefix: keyPrefixOf(account), log });
  await redis.opened();
  if (redis.state.isReady) await checkPersistence(redis, log);
  else log.warn('redis is not available at the start');
  return redis;
}
