import { canonicalDecimal, decimalPlaces, isRoundingOf } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { lettersOf, plainText, SentDescriptions } from './description.ts';
import type { Journal } from './journal.ts';

/**
 * What identifies an entry of a batch: its account, amount, description and currency. docs/money.md defines when a
 * journal has the same or a similar identity.
 */
export class EntryIdentity {
  readonly account: string;
  /** The amount in canonical spelling; null for a journal of unknown entry type, whose amount is unknown too. */
  readonly amount: Decimal | null;
  /** Empty if there is none. */
  readonly description: string;
  /** Null if no currency is stated, which means the firm's own currency. The gateway does not know that currency. */
  readonly currency: string | null;
  #sent: SentDescriptions | null = null;

  constructor(entry: {
    account: string;
    amount: Decimal | null;
    description?: string | null | undefined;
    currency?: string | null | undefined;
  }) {
    this.account = entry.account.toLowerCase();
    this.amount = entry.amount === null ? null : canonicalDecimal(entry.amount);
    this.description = entry.description ?? '';
    this.currency = entry.currency?.trim().toUpperCase() || null;
  }

  /**
   * Returns the identity of the entry from which a journal may come.
   *
   * @param account the one of the journal's two accounts that an entry contains
   */
  static ofJournal(journal: Journal, account: string): EntryIdentity {
    const amount = journal.entryType === 'JNLC' ? journal.netAmount : null;
    return new EntryIdentity({ ...journal, account, amount });
  }

  /** Returns a key that is the same for identities whose account, amount and normalized description are equal. */
  key(reading: DescriptionReading): string {
    return JSON.stringify([this.account, this.amount, readings[reading](this.description)]);
  }

  /** Whether two identities may have the same currency: false if both state a currency and the currencies differ. */
  sharesCurrency({ currency }: EntryIdentity): boolean {
    return this.currency === null || currency === null || this.currency === currency;
  }

  /** Whether a journal may come from this entry, given that the API may normalize its description and amount. */
  mayBecome(journal: EntryIdentity): boolean {
    if (this.account !== journal.account || !this.sharesCurrency(journal)) return false;
    if (!mayBeStoredAs(this.amount, journal.amount)) return false;
    this.#sent ??= new SentDescriptions([this.description]);
    return this.#sent.mayBeStoredAs(journal.description);
  }
}

/** How descriptions are compared: exactly, as normalized text, by their letters and digits, or not at all. */
export type DescriptionReading = keyof typeof readings;

const readings = {
  exact: (description: string) => description,
  plain: plainText,
  letters: lettersOf,
  none: () => null,
};

/** The number of decimals above which a number is the result of a binary float: no amount has more. */
const floatPlaces = 9;

/**
 * Whether an amount is stored as it was sent, or rounded, truncated or changed by a binary float. Null matches any
 * amount.
 */
function mayBeStoredAs(sent: Decimal | null, stored: Decimal | null): boolean {
  if (sent === null || stored === null || sent === stored) return true;
  return isRoundingOf(stored, sent) || (decimalPlaces(stored) > floatPlaces && isRoundingOf(sent, stored));
}
