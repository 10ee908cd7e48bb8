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

/** The path of a listing with its query, without absent filters. */
export function listingPath(listing: JournalListing): string {
  const { after, before, status, entryType, fromAccount, toAccount, limit } = listing;
  const filters = { after, before, status, entry_type: entryType, from_account: fromAccount, to_account: toAccount };
  let query = '';
  for (const [name, value] of Object.entries(filters)) if (value) query += `${name}=${encodeURIComponent(value)}&`;
  return `/v1/journals?${query}limit=${limit}`;
}
