import Big from 'big.js';

import type { Decimal } from '../../domain/decimal.ts';
import type { Journal } from '../../domain/journal.ts';
import type { ListedJournal } from '../../domain/unreadableJournal.ts';
import { isUnreadable } from '../../domain/unreadableJournal.ts';

import { groupOf } from './TotalsGroup.ts';
import type { JournalTotalsKey, TotalsGroup } from './TotalsGroup.ts';

/** The count and the sum of the journals of a group. */
export interface GroupSum {
  /** Identifies the group. */
  key: string;
  group: TotalsGroup;
  count: number;
  amount: Big;
}

interface CountedJournal {
  sum: GroupSum;
  amount: Decimal;
}

/** Adds up the journals of one slice of the listing, by group. */
export class SliceTotals {
  readonly #keys: ReadonlySet<JournalTotalsKey>;
  readonly #firmCurrency: string;
  readonly #sums = new Map<string, GroupSum>();
  /** Counted journals by id, if other lists may contain them too. The journals of an only list are not kept. */
  readonly #journals = new Map<string, CountedJournal>();
  readonly #unreadable = new Set<string | null>();

  constructor(keys: ReadonlySet<JournalTotalsKey>, firmCurrency: string) {
    this.#keys = keys;
    this.#firmCurrency = firmCurrency;
  }

  get sums(): GroupSum[] {
    return [...this.#sums.values()].filter(({ count }) => count > 0);
  }

  /** Whether the slice has a journal that could not be read and is therefore not counted. */
  get hasUnreadable(): boolean {
    return [...this.#unreadable].some((id) => id === null || !this.#journals.has(id));
  }

  /** Starts over, for an only list that is requested once more: its journals are not in `#journals`. */
  clear(): void {
    this.#sums.clear();
    this.#unreadable.clear();
  }

  /** Counts a journal once, even if several lists contain it. @param isOnly whether no other list can contain it */
  take(journal: ListedJournal, isOnly: boolean): void {
    if (isUnreadable(journal)) {
      this.#unreadable.add(journal.id);
      return;
    }
    const counted = { sum: this.#sumOf(journal), amount: amountOf(journal) };
    if (!isOnly) {
      const earlier = this.#journals.get(journal.id);
      if (earlier) add(earlier, -1);
      this.#journals.set(journal.id, counted);
    }
    add(counted, 1);
  }

  #sumOf(journal: Journal): GroupSum {
    const group = groupOf(journal, this.#keys, this.#firmCurrency);
    const key = JSON.stringify(Object.values(group));
    const sum = this.#sums.get(key) ?? { key, group, count: 0, amount: new Big(0) };
    this.#sums.set(key, sum);
    return sum;
  }
}

function add({ sum, amount }: CountedJournal, sign: 1 | -1): void {
  sum.count += sign;
  sum.amount = sign === 1 ? sum.amount.plus(amount) : sum.amount.minus(amount);
}

/** The amount of cash or the number of shares; `0` for a journal of an unknown type. */
function amountOf(journal: Journal): Decimal {
  return journal.entryType === 'JNLC' ? journal.netAmount : journal.entryType === 'JNLS' ? journal.qty : '0';
}
