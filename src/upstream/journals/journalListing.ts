import type { CalendarDate } from '../../domain/calendarDate.ts';
import type { JournalEntryType, JournalStatus } from '../../domain/journal.ts';

/** What `GET /v1/journals` can be asked for. Dates: order, zone and inclusiveness are undocumented. */
export interface JournalListing {
  after?: CalendarDate | undefined;
  before?: CalendarDate | undefined;
  status?: Exclude<JournalStatus, 'unknown'> | undefined;
  entryType?: Exclude<JournalEntryType, 'UNKNOWN'> | undefined;
  fromAccount?: string | undefined;
  toAccount?: string | undefined;
  /** At most this many; which ones is undocumented when more match. */
  limit: number;
}

/** The most that the API lists; when more match, it answers 422. */
export const maxListed = 100_000;

/** The listing as the API's query parameters; what is not asked for is left out. */
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
