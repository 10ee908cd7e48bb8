import type { CalendarDate } from '../../domain/calendarDate.ts';
import type { JournalEntryType, JournalStatus } from '../../domain/journal.ts';

/**
 * The filters of `GET /v1/journals`. The API does not document the order of the list, nor the time zone of the dates
 * and whether they are inclusive.
 */
export interface JournalListing {
  after?: CalendarDate | undefined;
  before?: CalendarDate | undefined;
  status?: Exclude<JournalStatus, 'unknown'> | undefined;
  entryType?: Exclude<JournalEntryType, 'UNKNOWN'> | undefined;
  fromAccount?: string | undefined;
  toAccount?: string | undefined;
  /** Maximum number of journals. The API does not document which journals are listed when more match. */
  limit: number;
}

/** The maximum number of journals in a list; when more match, the API responds with 422. */
export const maxListed = 100_000;

/** Returns the path and query of a listing, without absent filters. */
export function listingPath(listing: JournalListing): string {
  const { after, before, status, entryType, fromAccount, toAccount, limit } = listing;
  const filters = { after, before, status, entry_type: entryType, from_account: fromAccount, to_account: toAccount };
  let query = '';
  for (const [name, value] of Object.entries(filters)) if (value) query += `${name}=${encodeURIComponent(value)}&`;
  return `/v1/journals?${query}limit=${limit}`;
}
