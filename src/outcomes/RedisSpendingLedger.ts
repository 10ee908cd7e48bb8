import Big from 'big.js';

import type { Decimal } from '../domain/decimal.ts';
import { hashedName } from '../redis/hashedName.ts';
import type { RedisConnection } from '../redis/RedisConnection.ts';
import { RedisScript } from '../redis/RedisScript.ts';

import {
  addedBy,
  afterEnd,
  afterReleaseLost,
  afterReserve,
  countsNothing,
  nothingSpent,
  shortageOf,
} from './KeySpending.ts';
import type { KeySpending } from './KeySpending.ts';
import type { Shortage, Spending, SpendingEnd, SpendingKey, SpendingLedger } from './SpendingLedger.ts';

/** Days are kept for calls that end after midnight, in seconds. */
const keptSeconds = 4 * 86_400;
/** Attempts while other gateways change the same sums. */
const maxAttempts = 50;

/** The state of one currency of a key, and the sum of the day, as Redis holds them; null for a missing one. */
interface Counted {
  field: string;
  currency: string;
  stored: string | null;
  storedTotal: Decimal | null;
  spent: KeySpending;
  total: Big;
}

/**
 * Stores new values if the old ones have not changed. An empty value is a missing one.
 *
 * KEYS: states of the key, sums of the day; ARGV: seconds to keep, then for each currency: field, old and new state,
 * currency, old and new sum. Returns 1 if it has stored them.
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
 * The ledger of gateways that share Redis. Sums are computed here, exactly, and stored only if no other gateway has changed
 * them meanwhile. A call of a gateway that was killed counts until its day is over.
 */
export class RedisSpendingLedger implements SpendingLedger {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async reserve(spending: Spending, limits: ReadonlyMap<string, Decimal>): Promise<Shortage | null> {
    return this.#change(spending, spending.day, [...spending.amounts.keys()], (counted) => {
      const next: KeySpending[] = [];
      for (const { currency, spent, total } of counted) {
        const after = afterReserve(spent, spending.amounts.get(currency) ?? '0');
        const shortage = shortageOf(currency, limits.get(currency) ?? '0', total, addedBy(spent, after));
        if (shortage) return { shortage };
        next.push(after);
      }
      return { next };
    });
  }

  async end(spending: Spending, end: SpendingEnd): Promise<void> {
    await this.#change(spending, spending.day, [...spending.amounts.keys()], (counted) => ({
      next: counted.map(({ currency, spent }) => afterEnd(spent, spending.amounts.get(currency) ?? '0', end)),
    }));
  }

  async releaseLost(key: SpendingKey): Promise<void> {
    const fields = await this.#redis.run((client) => client.hkeys(statesKeyOf(key)));
    for (const field of fields) {
      const [day = '', currency = ''] = field.split(' ');
      await this.#change(key, day, [currency], (counted) => ({
        next: counted.map(({ spent }) => afterReleaseLost(spent)),
      }));
    }
  }

  /** @throws RedisUnavailableError | Error if other gateways change the sums all the time */
  async #change(
    key: SpendingKey,
    day: string,
    currencies: readonly string[],
    decide: (counted: readonly Counted[]) => { shortage: Shortage } | { next: KeySpending[] },
  ): Promise<Shortage | null> {
    const keys = [statesKeyOf(key), `spending:sums:${hashedName(JSON.stringify([key.principal]))}:${day}`] as const;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const counted = await this.#read(keys, day, currencies);
      const decision = decide(counted);
      if ('shortage' in decision) return decision.shortage;
      const values = counted.flatMap(({ field, currency, stored, storedTotal, spent, total }, index) => {
        const next = decision.next[index] ?? nothingSpent;
        const sum = total.plus(addedBy(spent, next)).toFixed();
        return [field, stored ?? '', textOf(next), currency, storedTotal ?? '', sum];
      });
      if ((await this.#redis.runScript(replaceScript, keys, [keptSeconds, ...values])) === 1) return null;
    }
    throw new Error('other gateways change the sums of this principal all the time');
  }

  async #read(
    [states, sums]: readonly [string, string],
    day: string,
    currencies: readonly string[],
  ): Promise<Counted[]> {
    const fields = currencies.map((currency) => `${day} ${currency}`);
    const [stored, totals] = await this.#redis.run((client) =>
      Promise.all([client.hmget(states, ...fields), client.hmget(sums, ...currencies)]),
    );
    return currencies.map((currency, index) => {
      const [state = null, storedTotal = null] = [stored[index], totals[index]];
      const spent = state === null ? nothingSpent : (JSON.parse(state) as KeySpending);
      const total = new Big(storedTotal ?? '0');
      return { field: fields[index] ?? '', currency, stored: state, storedTotal, spent, total };
    });
  }
}

function statesKeyOf({ principal, mutation, idempotencyKey }: SpendingKey): string {
  return `spending:key:${hashedName(JSON.stringify([principal, mutation, idempotencyKey]))}`;
}

/** Empty for a key that counts nothing. */
function textOf(spent: KeySpending): string {
  return countsNothing(spent) ? '' : JSON.stringify(spent);
}
