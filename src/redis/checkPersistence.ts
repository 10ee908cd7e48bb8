import type { Log } from '../log.ts';

import type { RedisConnection } from './RedisConnection.ts';

/** Warns if Redis may lose writes that it has confirmed, or if an ACL or a managed service forbids `CONFIG GET`. */
export async function checkPersistence(redis: RedisConnection, log: Log): Promise<void> {
  const found = await redis
    .run((client) =>
      Promise.all(
        ['appendonly', 'appendfsync', 'maxmemory-policy'].map(async (name) => {
          const answer: unknown = await client.config('GET', name);
          return Array.isArray(answer) ? (answer as unknown[])[1] : undefined;
        }),
      ),
    )
    .catch(() => null);
  if (!found) {
    log.warn('it is unknown whether redis writes every command to disk (appendonly yes, appendfsync always)');
    return;
  }
  const [appendonly, appendfsync, policy] = found;
  if (appendonly !== 'yes' || appendfsync !== 'always') {
    log.warn({ appendonly, appendfsync }, 'redis can lose outcomes of reverse batches: set appendonly and appendfsync');
  } else if (policy !== 'noeviction') {
    log.warn({ policy }, 'redis can evict outcomes of reverse batches: set maxmemory-policy');
  }
}
