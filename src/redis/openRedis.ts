import { createHash } from 'node:crypto';

import type { Log } from '../log.ts';

import { checkPersistence } from './checkPersistence.ts';
import { checkServer } from './checkServer.ts';
import type { RedisConnection } from './RedisConnection.ts';

export interface RedisAccount {
  /** The configured beginning of every key. */
  prefix: string;
  /** Base URL of the Broker API. */
  baseUrl: string;
  /** A name for the firm's account; if null, a hash of `credentialsId` is used instead. */
  account: string | null;
  /** Id of the API key. Not secret, but used only as a hash. */
  credentialsId: string;
}

/** How long startup waits for the connection, in ms: longer than one attempt to connect may take. */
const openMs = 3_000;

/**
 * Connects to Redis, and warns if Redis may lose writes that it has confirmed. A Redis that is down does not prevent
 * startup; a Redis that refuses the gateway or can't be used does. ioredis is loaded here, so that a gateway without
 * Redis never loads it.
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

/**
 * Returns the prefix of every key, which makes sure that two firms, or sandbox and live, never share state. The braces
 * put all keys of an account into one slot of a cluster, as scripts with several keys require.
 */
export function keyPrefixOf({ prefix, baseUrl, account, credentialsId }: RedisAccount): string {
  const accountName = account ?? createHash('sha256').update(credentialsId).digest('hex').slice(0, 16);
  return `{${prefix}:${new URL(baseUrl).host}:${accountName}}:`;
}
