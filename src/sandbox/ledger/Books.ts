import { type Decimal, parseStoredDecimal, zero } from '../values/decimal.ts';
import { type Micros, formatDate } from '../values/instant.ts';
import type { AccountTable } from '../store/AccountTable.ts';
import { type Journal, Place } from '../store/JournalTable.ts';

/**
 * The account that holds what was debited but not yet credited. It isn't a row of `accounts`, so clients don't see it.
 */
export const clearingAccountId = 'clearing';

/** Double-entry bookkeeping: every debit and its credit are exact and in the same transaction. */
export class Books {
  readonly #accounts: AccountTable;

  constructor(accounts: AccountTable) {
    this.#accounts = accounts;
  }

  /**
   * Moves the cash or shares of a journal to another place.
   *
   * @returns the journal with its new place and, if that is the receiver, its dates; null if the account to debit lacks
   *   the amount, in which case nothing moves
   */
  transfer(journal: Journal, place: Place, at: Micros): Journal | null {
    if (journal.posted === place) return journal;
    const [from, to] = [accountAt(journal, journal.posted), accountAt(journal, place)];
    if (!this.#move(journal, from, to, at)) return null;
    const date = formatDate(at);
    return { ...journal, posted: place, ...(place === Place.receiver && { settle_date: date, system_date: date }) };
  }

  #move(journal: Journal, from: string, to: string, at: Micros): boolean {
    const amount = parseStoredDecimal(journal.amount);
    const held = this.#accounts.holding(from, journal.unit);
    if (held.lt(amount)) return false;
    const { unit } = journal;
    this.#accounts.setHolding(from, unit, held.minus(amount));
    this.#accounts.setHolding(to, unit, this.#accounts.holding(to, unit).plus(amount));
    this.#accounts.post({ journalId: journal.id, from, to, unit, amount: amount.toFixed() }, at);
    return true;
  }

  /** Returns the total of each unit over all accounts, clearing included. Journals never change these totals. */
  totals(): Record<string, string> {
    const totals = new Map<string, Decimal>();
    for (const { unit, amount } of this.#accounts.holdings()) {
      totals.set(unit, (totals.get(unit) ?? zero).plus(parseStoredDecimal(amount)));
    }
    return Object.fromEntries([...totals].map(([unit, total]) => [unit, total.toFixed()]));
  }
}

function accountAt(journal: Journal, place: Place): string {
  switch (place) {
    case Place.sender:
      return journal.from_account;
    case Place.clearing:
      return clearingAccountId;
    case Place.receiver:
      return journal.to_account;
  }
}
