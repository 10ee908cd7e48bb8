import { createHash } from 'node:crypto';

import type { Log } from '../log.ts';

import { checkPersistence } from './checkPersistence.ts';
import { checkServer } from './checkServer.ts';
import type { RedisConnection } from './RedisConnection.ts';

export interface RedisAccount {
  /** Begins every key. */
  prefix: string;
  /** Of the Broker API. */
  baseUrl: string;
  /** Names the firm's account; null to use `credentialsId`. */
  account: string | null;
  /** Id of the API key, which is not secret but is hashed all the same. */
  credentialsId: string;
}

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

/**
 * What every key begins with, so that two firms, or sandbox and live, never share state. The braces keep all keys of an
 * account in one slot of a cluster, as scripts with several keys require.
 */
export function keyPrefixOf({ prefix, baseUrl, account, credentialsId }: RedisAccount): string {
  const owner = account ?? createHash('sha256').update(credentialsId).digest('hex').slice(0, 16);
  return `{${prefix}:${new URL(baseUrl).host}:${owner}}:`;
}
