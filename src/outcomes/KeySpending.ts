import Big from 'big.js';

import type { Decimal } from '../domain/decimal.ts';

import type { Shortage, SpendingEnd } from './SpendingLedger.ts';

/** The amount that all calls with one key count for, on one day and in one currency. */
export interface KeySpending {
  /** The amount that counts: the largest of all calls that may have moved it. */
  amount: Decimal;
  /** What was certainly moved; null for nothing. */
  settled: Decimal | null;
  /** Calls that have not ended. */
  inFlight: number;
  /** Whether a call of unknown outcome may have moved it. */
  isLost: boolean;
}

export const nothingSpent: KeySpending = { amount: '0', settled: null, inFlight: 0, isLost: false };

export function afterReserve(spent: KeySpending, amount: Decimal): KeySpending {
  return { ...spent, amount: largest(spent.amount, amount), inFlight: spent.inFlight + 1 };
}

export function afterEnd(spent: KeySpending, amount: Decimal, end: SpendingEnd): KeySpending {
  return recounted({
    ...spent,
    settled: end === 'done' ? largest(spent.settled ?? '0', amount) : spent.settled,
    inFlight: Math.max(0, spent.inFlight - 1),
    // A key results in one create at most, so the call that was done settles the lost one, too.
    isLost: end === 'unknown' || (end === 'notDone' && spent.isLost),
  });
}

export function afterReleaseLost(spent: KeySpending): KeySpending {
  return recounted({ ...spent, isLost: false });
}

/** Whether nothing has to be stored for the key. */
export function countsNothing({ settled, inFlight, isLost }: KeySpending): boolean {
  return settled === null && inFlight === 0 && !isLost;
}

/**
 * Why a call may not be sent; null if it may.
 *
 * @param added what the call adds to the sum of the day
 */
export function shortageOf(currency: string, limit: Decimal, total: Big, added: Big): Shortage | null {
  const left = new Big(limit).minus(total);
  return left.gte(added) ? null : { currency, limit, left: left.lt(0) ? '0' : left.toFixed() };
}

/** What a change adds to the sum of the day. */
export function addedBy(before: KeySpending, after: KeySpending): Big {
  return new Big(after.amount).minus(before.amount);
}

/** Once all outcomes are known, only what was moved counts. */
function recounted(spent: KeySpending): KeySpending {
  const isOpen = spent.inFlight > 0 || spent.isLost;
  return isOpen ? spent : { ...spent, amount: spent.settled ?? '0' };
}

function largest(one: Decimal, other: Decimal): Decimal {
  return new Big(one).gte(other) ? one : other;
}
