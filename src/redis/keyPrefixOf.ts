import { createHash } from 'node:crypto';

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

/**
 * What every key begins with, so that two firms, or sandbox and live, never share state. The braces keep all keys of an
 * account in one slot of a cluster, as scripts with several keys require.
 */
export function keyPrefixOf({ prefix, baseUrl, account, credentialsId }: RedisAccount): string {
  const owner = account ?? createHash('sha256').update(credentialsId).digest('hex').slice(0, 16);
  return `{${prefix}:${new URL(baseUrl).host}:${owner}}:`;
}
