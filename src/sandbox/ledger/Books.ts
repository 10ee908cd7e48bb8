import { type Decimal, add, compare, formatDecimal, negate, storedDecimal, zero } from '../decimal.ts';
import type { Micros } from '../instant.ts';
import type { AccountTable } from '../store/AccountTable.ts';
import type { PostingTable } from '../store/PostingTable.ts';
import type { Journal } from './EventLog.ts';

/** Double entry: what leaves one account arrives at another, in the same transaction, to the last digit. */
export class Books {
  readonly #accounts: AccountTable;
  readonly #postings: PostingTable;

  constructor(accounts: AccountTable, postings: PostingTable) {
    this.#accounts = accounts;
    this.#postings = postings;
  }

  /** Moves what the journal says; false, with nothing moved, when the sender lacks it. */
  post(journal: Journal, at: Micros): boolean {
    return this.#move(journal, journal.from_account, journal.to_account, at);
  }

  /** Moves it back; false, with nothing moved, when the receiver has spent it. */
  reverse(journal: Journal, at: Micros): boolean {
    return this.#move(journal, journal.to_account, journal.from_account, at);
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

  /** What all accounts hold together, per unit; journals never change it. */
  totals(): Record<string, string> {
    const totals = new Map<string, Decimal>();
    for (const { unit, amount } of this.#accounts.holdings()) {
      totals.set(unit, add(totals.get(unit) ?? zero, storedDecimal(amount)));
    }
    return Object.fromEntries([...totals].map(([unit, total]) => [unit, formatDecimal(total)]));
  }
}
