import Big from 'big.js';

import type { Decimal } from '../../domain/decimal.ts';
import { tooManyGroups } from '../../errors/limitErrors.ts';

import { sortGroups } from './TotalsGroup.ts';
import type { JournalTotalsKey, TotalsGroup } from './TotalsGroup.ts';
import type { GroupSum, SliceTotals } from './SliceTotals.ts';

export interface JournalTotal extends TotalsGroup {
  count: number;
  /** The exact sum of cash; null if the group is not of cash. */
  netAmount: Decimal | null;
  /** The exact sum of shares; null if the group is not of securities. */
  qty: Decimal | null;
}

export interface JournalTotals {
  groups: JournalTotal[];
  count: number;
  complete: boolean;
}

/** The maximum number of groups in a result. */
export const maxGroups = 2_000;

/** Adds up the sums of all slices, by group. */
export class GroupTotals {
  readonly #keys: ReadonlySet<JournalTotalsKey>;
  readonly #sums = new Map<string, GroupSum>();
  #count = 0;
  #complete = true;

  constructor(keys: ReadonlySet<JournalTotalsKey>) {
    this.#keys = keys;
  }

  get result(): JournalTotals {
    const groups = sortGroups([...this.#sums.values()].map(totalOf), this.#keys);
    return { groups, count: this.#count, complete: this.#complete };
  }

  /** Notes that journals are missing from the sums. */
  markIncomplete(): void {
    this.#complete = false;
  }

  /** @throws GraphQLError when there are too many groups */
  add(slice: SliceTotals): void {
    if (slice.hasUnreadable) this.markIncomplete();
    for (const { key, group, count, amount } of slice.sums) {
      const sum = this.#sums.get(key) ?? { key, group, count: 0, amount: new Big(0) };
      this.#sums.set(key, sum);
      if (this.#sums.size > maxGroups) throw tooManyGroups(maxGroups);
      sum.count += count;
      sum.amount = sum.amount.plus(amount);
      this.#count += count;
    }
  }
}

function totalOf({ group, count, amount }: GroupSum): JournalTotal {
  const sum = amount.toFixed();
  return { ...group, count, netAmount: group.currency === null ? null : sum, qty: group.symbol === null ? null : sum };
}
