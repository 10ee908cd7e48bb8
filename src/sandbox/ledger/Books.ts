import { type Decimal, add, compare, formatDecimal, negate, storedDecimal, zero } from '../domain/decimal.ts';
import { type Micros, formatDate } from '../domain/instant.ts';
import type { AccountTable } from '../store/AccountTable.ts';
import { Place } from '../store/JournalTable.ts';
import type { PostingTable } from '../store/PostingTable.ts';
import type { Journal } from '../store/JournalTable.ts';

/** Holds what was taken from senders and not yet given to receivers. No row of `accounts`: clients don't see it. */
export const clearingAccountId = 'clearing';

/** Double entry: what leaves one account arrives at another, in the same transaction, to the last digit. */
export class Books {
  readonly #accounts: AccountTable;
  readonly #postings: PostingTable;

  constructor(accounts: AccountTable, postings: PostingTable) {
    this.#accounts = accounts;
    this.#postings = postings;
  }

  /**
   * Moves the cash or shares of a journal from the place where they are to another.
   *
   * @returns the journal with its new place, dated when the receiver has them; null, with nothing moved, when the
   *   account that should give lacks them
   */
  carry(journal: Journal, place: Place, at: Micros): Journal | null {
    if (journal.posted === place) return journal;
    const [from, to] = [holderOf(journal, journal.posted), holderOf(journal, place)];
    if (!this.#move(journal, from, to, at)) return null;
    const date = formatDate(at);
    return { ...journal, posted: place, ...(place === Place.receiver && { settle_date: date, system_date: date }) };
  }

  #move(journal: Journal, from: string, to: string, at: Micros): boolean {
    const amount = storedDecimal(journal.amount);
    const held = this.#accounts.holding(from, journal.unit);
    if (compare(held, amount) < 0) return false;
    const { unit } = journal;
    this.#accounts.setHolding(from, unit, add(held, negate(amount)));
    this.#accounts.setHolding(to, unit, add(this.#accounts.holding(to, unit), amount));
    this.#postings.insert({ journalId: journal.id, from, to, unit, amount: formatDecimal(amount) }, at);
    return true;
  }

  /** What all accounts hold together with what is in clearing, per unit; journals never change it. */
  totals(): Record<string, string> {
    const totals = new Map<string, Decimal>();
    for (const { unit, amount } of this.#accounts.holdings()) {
      totals.set(unit, add(totals.get(unit) ?? zero, storedDecimal(amount)));
    }
    return Object.fromEntries([...totals].map(([unit, total]) => [unit, formatDecimal(total)]));
  }
}

function holderOf(journal: Journal, place: Place): string {
  switch (place) {
    case Place.sender:
      return journal.from_account;
    case Place.clearing:
      return clearingAccountId;
    case Place.receiver:
      return journal.to_account;
  }
}
