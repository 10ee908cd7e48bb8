import type { VariablesOf } from 'gql.tada';

import { isStatus } from '../format/statuses.ts';
import type { boardQuery } from '../graphql/reads.ts';
import type { Journal, JournalStatus } from '../graphql/journalFields.ts';

type JournalFilter = NonNullable<VariablesOf<typeof boardQuery>['filter']>;

/** The filters of the board; empty strings do not filter. */
export interface BoardFilter {
  createdAfter: string;
  createdBefore: string;
  entryType: '' | 'JNLC' | 'JNLS' | 'UNKNOWN';
  fromAccount: string;
  toAccount: string;
  status: readonly JournalStatus[];
}

/** The number of days, today included, that the board shows by default: all of history may be too much to count. */
const defaultDays = 7;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const day = /^\d{4}-\d\d-\d\d$/;

/** Reads the filter from the query string of a URL. Invalid values are ignored. */
export function readFilter(search: string): BoardFilter {
  const given = new URLSearchParams(search);
  const valid = (name: string, pattern: RegExp) => {
    const value = given.get(name) ?? '';
    return pattern.test(value) ? value : '';
  };
  const entryType = given.get('type');
  return {
    createdAfter: given.has('after') ? valid('after', day) : defaultStart(),
    createdBefore: valid('before', day),
    entryType: entryType === 'JNLC' || entryType === 'JNLS' || entryType === 'UNKNOWN' ? entryType : '',
    fromAccount: valid('from', uuid).toLowerCase(),
    toAccount: valid('to', uuid).toLowerCase(),
    status: (given.get('status') ?? '').split(',').filter(isStatus),
  };
}

/** Writes a filter as the query string of a URL. An empty `after` means all of history. */
export function writeFilter(filter: BoardFilter): string {
  const search = new URLSearchParams();
  if (filter.createdAfter !== defaultStart()) search.set('after', filter.createdAfter);
  const others = {
    before: filter.createdBefore,
    type: filter.entryType,
    from: filter.fromAccount,
    to: filter.toAccount,
  };
  for (const [name, value] of Object.entries(others)) if (value !== '') search.set(name, value);
  if (filter.status.length > 0) search.set('status', filter.status.join(','));
  return search.toString();
}

export function toJournalFilter(filter: BoardFilter): JournalFilter {
  const { status, ...others } = filter;
  const given = Object.entries(others).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(given), ...(status.length > 0 && { status: [...status] }) };
}

/** Whether the journal of an event belongs on the board, whatever its status. */
export function matches(journal: Journal, filter: BoardFilter): boolean {
  const created = journal.createdAt === null ? '' : new Date(journal.createdAt).toISOString().slice(0, 10);
  return (
    (filter.createdAfter === '' || created >= filter.createdAfter) &&
    (filter.createdBefore === '' || (created !== '' && created <= filter.createdBefore)) &&
    (filter.entryType === '' || filter.entryType === journal.entryType) &&
    (filter.fromAccount === '' || filter.fromAccount === journal.fromAccount.id) &&
    (filter.toAccount === '' || filter.toAccount === journal.toAccount.id)
  );
}

function defaultStart(): string {
  return new Date(Date.now() - (defaultDays - 1) * 86_400_000).toISOString().slice(0, 10);
}
