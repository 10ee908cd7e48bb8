import { canonicalDecimal, decimalPlaces, isRoundingOf } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { lettersOf, plainText, SentDescriptions } from './description.ts';
import type { Journal } from './journal.ts';

/**
 * What an entry of a batch is told by: the account that it names, its amount, its description and its currency.
 * docs/money.md says which differences between an entry and a journal count as the same, and which as similar.
 */
export class EntryIdentity {
  readonly account: string;
  /** One spelling per value; null for a journal of a type that this gateway knows no amount of. */
  readonly amount: Decimal | null;
  /** `""` for none. */
  readonly description: string;
  /** Null where it is not stated: the firm's own then, and the gateway does not know which that is. */
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

  /** As which entry a journal may have come into being. @param account the one of its two that entries name */
  static ofJournal(journal: Journal, account: string): EntryIdentity {
    const amount = journal.entryType === 'JNLC' ? journal.netAmount : null;
    return new EntryIdentity({ ...journal, account, amount });
  }

  /** One string for all that are equal in account, amount and this reading of the description. */
  key(reading: DescriptionReading): string {
    return JSON.stringify([this.account, this.amount, readings[reading](this.description)]);
  }

  /** False where both state a currency, and not the same one. */
  sharesCurrency({ currency }: EntryIdentity): boolean {
    return this.currency === null || currency === null || this.currency === currency;
  }

  /** Whether a journal may be what the API made of this entry, by any tidying of description and amount. */
  mayBecome(journal: EntryIdentity): boolean {
    if (this.account !== journal.account || !this.sharesCurrency(journal)) return false;
    if (!mayBeStoredAs(this.amount, journal.amount)) return false;
    this.#sent ??= new SentDescriptions([this.description]);
    return this.#sent.mayBeStoredAs(journal.description);
  }
}

/** How descriptions are compared: as they are, as plain text, by their letters and digits, or not at all. */
export type DescriptionReading = keyof typeof readings;

const readings = {
  exact: (description: string) => description,
  plain: plainText,
  letters: lettersOf,
  none: () => null,
};

/** More decimals than any amount has: a binary float's. */
const floatPlaces = 9;

/** Rounded or cut to fewer decimals, or blurred by a binary float; an amount that is not known may be any. */
function mayBeStoredAs(sent: Decimal | null, stored: Decimal | null): boolean {
  if (sent === null || stored === null || sent === stored) return true;
  return isRoundingOf(stored, sent) || (decimalPlaces(stored) > floatPlaces && isRoundingOf(sent, stored));
}
