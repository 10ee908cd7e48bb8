import type { Decimal } from '../../domain/decimal.ts';
import type { ListedJournal } from '../../domain/unreadableJournal.ts';
import { isUnreadable } from '../../domain/unreadableJournal.ts';

import { groupOf } from './TotalsGroup.ts';
import type { JournalTotalsKey, TotalsGroup } from './TotalsGroup.ts';

export interface TotalsPageOptions {
  keys: ReadonlySet<JournalTotalsKey>;
  /** Of cash for which the API states no currency. */
  firmCurrency: string;
}

/** A group, and the text that identifies it. All journals of a page share the object. */
export interface KeyedGroup {
  key: string;
  group: TotalsGroup;
}

export interface CountedJournal {
  group: KeyedGroup;
  /** Cash or shares; null for a journal of an unknown type. */
  amount: Decimal | null;
}

/**
 * The journals of a slice as far as totals need them. A journal that is read again replaces its earlier reading, so a list
 * that broke off and was requested anew counts once.
 */
export class TotalsPage {
  readonly #options: TotalsPageOptions;
  readonly #groups = new Map<string, KeyedGroup>();
  readonly #journals = new Map<string, CountedJournal>();
  readonly #unreadable = new Set<string | null>();

  constructor(options: TotalsPageOptions) {
    this.#options = options;
  }

  take(journal: ListedJournal): void {
    if (isUnreadable(journal)) {
      this.#unreadable.add(journal.id);
      return;
    }
    const amount = journal.entryType === 'JNLC' ? journal.netAmount : journal.entryType === 'JNLS' ? journal.qty : null;
    const { keys, firmCurrency } = this.#options;
    const group = groupOf(journal, keys, firmCurrency);
    const key = JSON.stringify(Object.values(group));
    const keyed = this.#groups.get(key) ?? { key, group };
    this.#groups.set(key, keyed);
    this.#journals.set(journal.id, { group: keyed, amount });
  }

  get journals(): Iterable<CountedJournal> {
    return this.#journals.values();
  }

  /** Whether a journal exists that can't be counted. */
  get hasUnreadable(): boolean {
    return [...this.#unreadable].some((id) => id === null || !this.#journals.has(id));
  }
}
