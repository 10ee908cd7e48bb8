import type { CalendarDate } from '../../domain/calendarDate.ts';
import type { JournalEntryType, JournalStatus } from '../../domain/journal.ts';

/** The filters of `GET /v1/journals`. Order, time zone and inclusiveness of the dates are undocumented. */
export interface JournalListing {
  after?: CalendarDate | undefined;
  before?: CalendarDate | undefined;
  status?: Exclude<JournalStatus, 'unknown'> | undefined;
  entryType?: Exclude<JournalEntryType, 'UNKNOWN'> | undefined;
  fromAccount?: string | undefined;
  toAccount?: string | undefined;
  /** Maximum number; which journals are listed when more match is undocumented. */
  limit: number;
}

/** The largest list; when more journals match, the API answers 422. */
export const maxListed = 100_000;

/** The query parameters of a listing, without absent filters. */
export function listingQuery(listing: JournalListing): Record<string, string> {
  const { after, before, status, entryType, fromAccount, toAccount, limit } = listing;
  const query = {
    after,
    before,
    status,
    entry_type: entryType,
    from_account: fromAccount,
    to_account: toAccount,
    limit: String(limit),
  };
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
