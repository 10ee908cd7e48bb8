import { hashedName } from '../redis/hashedName.ts';
import type { RedisConnection } from '../redis/RedisConnection.ts';
import { RedisScript } from '../redis/RedisScript.ts';

import type { KeyUseRecords } from './KeyUses.ts';

/**
 * How long the use of a key is kept, in seconds. If the key is used again later, the date of the journal in the response
 * shows that the journal is older than the call.
 */
const keptSeconds = 3_600;

/**
 * Records a use, see `KeyUseRecords.note`. KEYS: use; ARGV: journal id or `lost`, seconds. Returns the previous use.
 */
const noteScript = new RedisScript(`
local earlier = redis.call('GET', KEYS[1])
if not (earlier and ARGV[1] == 'lost') then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return earlier
`);

/** Records the uses of keys on all gateways. */
export class SharedKeyUses implements KeyUseRecords {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async note(sentKey: string, use: string): Promise<string | null> {
    return this.#redis.runScript(noteScript, [`use:${hashedName(sentKey)}`], [use, keptSeconds]).then(
      (earlier) => (typeof earlier === 'string' ? earlier : null),
      () => 'unknown',
    );
  }
}
