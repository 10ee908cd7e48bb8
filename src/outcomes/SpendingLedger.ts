import Big from 'big.js';

import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Decimal } from '../domain/decimal.ts';

/** Identifies a create: all calls with the same key result in at most one. */
export interface SpendingKey {
  principal: string;
  /** Mutations have separate key spaces. */
  mutation: string;
  idempotencyKey: string;
}

/** One call of a mutation, with what it may move. */
export interface Spending extends SpendingKey {
  /** The day (UTC) on which the call is sent. */
  day: CalendarDate;
  /** By currency. */
  amounts: ReadonlyMap<string, Decimal>;
}

/** Why a call may not be sent. */
export interface Shortage {
  currency: string;
  limit: Decimal;
  /** What the principal may still move on this day. */
  left: Decimal;
}

/**
 * How a call ended. `done`: the amounts were moved. `notDone`: this call moved nothing, but other calls with the same
 * key may have. `refused`: neither this call nor an earlier one with the same key moved anything. `unknown`: the
 * amounts may have been moved.
 */
export type SpendingEnd = 'done' | 'notDone' | 'refused' | 'unknown';

/** What the calls with one key count for together, on one day and in one currency. */
export interface KeySpending {
  /** The amount that counts: the largest one that a call may have moved. */
  amount: Decimal;
  /** The amount that was certainly moved; null for none. */
  settled: Decimal | null;
  /** The number of calls that have not ended. */
  inFlight: number;
  /** Whether a call of unknown outcome may have moved the amount. */
  isLost: boolean;
}

/** What is stored about a key and its principal, for one currency on one day. */
export interface Count {
  currency: string;
  /** Null if the key counts for nothing. */
  spent: KeySpending | null;
  /** The sum over all keys of the principal. */
  total: Decimal;
}

/** Stores counts. Every method throws if the counts can't be read or written. */
export interface SpendingStore {
  /** The days and currencies for which a key counts. */
  find(key: SpendingKey): Promise<{ day: CalendarDate; currency: string }[]>;
  /**
   * Atomically replaces the counts of a key on one day with those that `decide` returns; if `decide` returns null,
   * nothing changes. `decide` is called again if another gateway has changed the counts in the meantime.
   */
  replace(
    key: SpendingKey,
    day: CalendarDate,
    currencies: readonly string[],
    decide: (counts: readonly Count[]) => readonly Count[] | null,
  ): Promise<void>;
}

const nothingSpent: KeySpending = { amount: '0', settled: null, inFlight: 0, isLost: false };

/**
 * Counts what principals move per day and currency, so that caps hold across restarts. A call is counted before it is
 * sent. A call of unknown outcome counts as done until a later call with the same key shows otherwise. All calls with
 * the same key on the same day count once.
 */
export class SpendingLedger {
  readonly #store: SpendingStore;

  constructor(store: SpendingStore) {
    this.#store = store;
  }

  /**
   * Counts a call that is about to be sent, either for all of its currencies or for none.
   *
   * @param limits the highest sum of the day, by currency; a currency that is absent has the limit 0
   * @returns null if the call was counted, otherwise why it was not
   * @throws Error if the call can't be stored
   */
  async reserve(spending: Spending, limits: ReadonlyMap<string, Decimal>): Promise<Shortage | null> {
    let shortage: Shortage | null = null;
    await this.#store.replace(spending, spending.day, [...spending.amounts.keys()], (counts) => {
      const next: Count[] = [];
      for (const count of counts) {
        const after = afterReserve(count, spending);
        shortage = shortageOf(count, after, limits.get(count.currency) ?? '0');
        if (shortage) return null;
        next.push(after);
      }
      return next;
    });
    return shortage;
  }

  /** Records how a reserved call ended. @throws Error if this can't be stored; the outcome then counts as unknown */
  async end(spending: Spending, end: SpendingEnd): Promise<void> {
    await this.#store.replace(spending, spending.day, [...spending.amounts.keys()], (counts) =>
      counts.map((count) => afterEnd(count, spending, end)),
    );
  }

  /** Records that the calls of unknown outcome with this key were not done. @throws Error if this can't be stored */
  async releaseLost(key: SpendingKey): Promise<void> {
    for (const { day, currency } of await this.#store.find(key)) {
      await this.#store.replace(key, day, [currency], (counts) =>
        counts.map((count) => changed(count, () => ({ isLost: false }))),
      );
    }
  }
}

function afterReserve(count: Count, { amounts }: Spending): Count {
  return changed(count, ({ amount, inFlight }) => ({
    amount: largest(amount, amounts.get(count.currency) ?? '0'),
    inFlight: inFlight + 1,
  }));
}

function afterEnd(count: Count, { amounts }: Spending, end: SpendingEnd): Count {
  return changed(count, ({ settled, inFlight, isLost }) => ({
    settled: end === 'done' ? largest(settled ?? '0', amounts.get(count.currency) ?? '0') : settled,
    inFlight: Math.max(0, inFlight - 1),
    // A key results in at most one create, so a call that was done settles a lost call too.
    isLost: end === 'unknown' || (end === 'notDone' && isLost),
  }));
}

function changed({ currency, spent, total }: Count, change: (before: KeySpending) => Partial<KeySpending>): Count {
  const before = spent ?? nothingSpent;
  const after = { ...before, ...change(before) };
  const isOpen = after.inFlight > 0 || after.isLost;
  // Once all outcomes are known, only what was moved counts.
  if (!isOpen) after.amount = after.settled ?? '0';
  return {
    currency,
    spent: isOpen || after.settled !== null ? after : null,
    total: new Big(total).plus(after.amount).minus(before.amount).toFixed(),
  };
}

function shortageOf({ currency, total }: Count, after: Count, limit: Decimal): Shortage | null {
  if (new Big(limit).gte(after.total)) return null;
  return { currency, limit, left: largest(new Big(limit).minus(total).toFixed(), '0') };
}

function largest(one: Decimal, other: Decimal): Decimal {
  return new Big(one).gte(other) ? one : other;
}
