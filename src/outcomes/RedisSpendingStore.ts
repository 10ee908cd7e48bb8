import type { CalendarDate } from '../domain/calendarDate.ts';
import { hashedName } from '../redis/hashedName.ts';
import type { RedisConnection } from '../redis/RedisConnection.ts';
import { RedisScript } from '../redis/RedisScript.ts';

import type { Count, KeySpending, SpendingKey, SpendingStore } from './SpendingLedger.ts';

/** How long the counts of a day are kept, in seconds. Calls may end after midnight. */
const keptSeconds = 4 * 86_400;
/** Maximum number of attempts while other gateways change the same sums. */
const maxAttempts = 50;

/**
 * Stores new values if the old ones have not changed. An empty text stands for a missing value.
 *
 * KEYS: counts of the key, sums of the day; ARGV: seconds to keep them, then for each currency: field, old and new
 * count, currency, old and new sum. Returns 1 if the new values were stored.
 */
const replaceScript = new RedisScript(`
for at = 2, #ARGV, 6 do
  if (redis.call('HGET', KEYS[1], ARGV[at]) or '') ~= ARGV[at + 1] then return 0 end
  if (redis.call('HGET', KEYS[2], ARGV[at + 3]) or '') ~= ARGV[at + 4] then return 0 end
end
for at = 2, #ARGV, 6 do
  if ARGV[at + 2] == '' then redis.call('HDEL', KEYS[1], ARGV[at])
  else redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 2]) end
  redis.call('HSET', KEYS[2], ARGV[at + 3], ARGV[at + 5])
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
return 1
`);

/**
 * Counts for gateways that share Redis. Sums are computed exactly by the gateway, and stored only if no other gateway
 * has changed them in the meantime. If a gateway was killed during a call, the call counts until its day is over.
 */
export class RedisSpendingStore implements SpendingStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async find(key: SpendingKey): Promise<{ day: CalendarDate; currency: string }[]> {
    const fields = await this.#redis.run((client) => client.hkeys(countsKeyOf(key)));
    return fields.map((field) => {
      const [day = '', currency = ''] = field.split(' ');
      return { day, currency };
    });
  }

  /** @throws RedisUnavailableError, or Error if other gateways keep changing the sums */
  async replace(
    key: SpendingKey,
    day: CalendarDate,
    currencies: readonly string[],
    decide: (counts: readonly Count[]) => readonly Count[] | null,
  ): Promise<void> {
    const countsKey = countsKeyOf(key);
    const sumsKey = `spending:sums:${hashedName(JSON.stringify([key.principal]))}:${day}`;
    const fields = currencies.map((currency) => `${day} ${currency}`);
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const [counts, sums] = await this.#redis.run((client) =>
        Promise.all([client.hmget(countsKey, ...fields), client.hmget(sumsKey, ...currencies)]),
      );
      const before = currencies.map((currency, index) => {
        const count = counts[index];
        return { currency, spent: count ? (JSON.parse(count) as KeySpending) : null, total: sums[index] ?? '0' };
      });
      const after = decide(before);
      if (!after) return;
      const values = after.flatMap(({ currency, spent, total }, index) => {
        const count = spent ? JSON.stringify(spent) : '';
        return [fields[index] ?? '', counts[index] ?? '', count, currency, sums[index] ?? '', total];
      });
      const answer = await this.#redis.runScript(replaceScript, [countsKey, sumsKey], [keptSeconds, ...values]);
      if (answer === 1) return;
    }
    throw new Error('other gateways keep changing the sums of this principal');
  }
}

function countsKeyOf({ principal, mutation, idempotencyKey }: SpendingKey): string {
  return `spending:key:${hashedName(JSON.stringify([principal, mutation, idempotencyKey]))}`;
}
