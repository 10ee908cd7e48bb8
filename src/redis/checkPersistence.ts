import type { Log } from '../log.ts';

import type { RedisConnection } from './RedisConnection.ts';

/** Warns if Redis may lose what it has confirmed. An ACL may forbid the question, as managed services do. */
export async function checkPersistence(redis: RedisConnection, log: Log): Promise<void> {
  const found = await redis
    .run(async (client) => ({
      ...toObject(await client.config('GET', 'appendonly')),
      ...toObject(await client.config('GET', 'appendfsync')),
      ...toObject(await client.config('GET', 'maxmemory-policy')),
    }))
    .catch(() => null);
  if (!found) {
    log.warn('it is unknown whether redis writes every command to disk (appendonly yes, appendfsync always)');
  } else if (found['appendonly'] !== 'yes' || found['appendfsync'] !== 'always') {
    const { appendonly, appendfsync } = found;
    log.warn({ appendonly, appendfsync }, 'redis can lose outcomes of reverse batches: set appendonly and appendfsync');
  } else if (found['maxmemory-policy'] !== 'noeviction') {
    log.warn(
      { policy: found['maxmemory-policy'] },
      'redis can evict outcomes of reverse batches: set maxmemory-policy',
    );
  }
}

/** `CONFIG GET` answers with names and values in turn. */
function toObject(answer: unknown): Record<string, string | undefined> {
  const [name, value] = Array.isArray(answer) ? answer.map(String) : [];
  return name === undefined ? {} : { [name]: value };
}
