import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Decimal } from '../domain/decimal.ts';

/** One call of a mutation, with what it may move. */
export interface Spending extends SpendingKey {
  /** The day (UTC) on which it is sent. */
  day: CalendarDate;
  /** By currency. */
  amounts: ReadonlyMap<string, Decimal>;
}

/** All calls with the same key result in one create at most. */
export interface SpendingKey {
  principal: string;
  /** Mutations have separate key spaces. */
  mutation: string;
  idempotencyKey: string;
}

/** Why a call may not be sent. */
export interface Shortage {
  currency: string;
  limit: Decimal;
  /** What the principal may still move on this day. */
  left: Decimal;
}

/**
 * How a call ended: `done` moved the amounts; `notDone` moved nothing, which says nothing about other calls with its key;
 * `refused` proves that no earlier call with its key has moved anything either; `unknown` may have moved them.
 */
export type SpendingEnd = 'done' | 'notDone' | 'refused' | 'unknown';

/**
 * Counts what principals move per day and currency, so that caps hold across restarts. A call is counted before it is
 * sent. If its outcome is unknown, it counts as done until a later call with its key shows otherwise. The calls of one
 * key and day count once.
 */
export interface SpendingLedger {
  /**
   * Counts a call that is about to be sent, for all of its currencies or for none.
   *
   * @param limits the highest sum of the day, by currency; a currency without one has the limit 0
   * @returns null if it is counted
   * @throws Error if it can't be stored
   */
  reserve(spending: Spending, limits: ReadonlyMap<string, Decimal>): Promise<Shortage | null>;
  /** Records the end of a reserved call. @throws Error if it can't be stored; the call then counts as unknown */
  end(spending: Spending, end: SpendingEnd): Promise<void>;
  /** Records that the calls of unknown outcome with this key were not done. @throws Error if it can't be stored */
  releaseLost(key: SpendingKey): Promise<void>;
}
