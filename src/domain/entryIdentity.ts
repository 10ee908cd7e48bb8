import { canonicalDecimal } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { Journal } from './journal.ts';

/** What an entry of a batch is told by: the account that it names, its amount and its description, `""` for none. */
export interface EntryIdentity {
  account: string;
  amount: Decimal;
  description: string;
}

/** One string per entry that can be told apart, amounts by value; without the description if that is not to count. */
export function entryKey({ account, amount, description }: EntryIdentity, withDescription = true): string {
  return JSON.stringify([account.toLowerCase(), canonicalDecimal(amount), withDescription ? description : null]);
}

/** As which entry of a batch a journal may have come into being. */
export function identityOfJournal(journal: Journal, account: string): EntryIdentity {
  const amount = journal.entryType === 'JNLC' ? journal.netAmount : '';
  return { account, amount, description: journal.description ?? '' };
}
