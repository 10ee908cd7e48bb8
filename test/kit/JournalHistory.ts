import type { Journal } from '../../src/domain/journal.ts';
import { maxListed } from '../../src/upstream/journals/journalListing.ts';
import type { JournalListing } from '../../src/upstream/journals/journalListing.ts';
import type { JournalList } from '../../src/upstream/journals/JournalsClient.ts';

/** How lists of journals are filtered and sorted, where the API's documentation leaves it open. */
export interface ListingBehavior {
  /** Whether a list includes the days of `after` and `before`. */
  dates: 'inclusive' | 'exclusive';
  /** Offset from UTC of the time zone in which the days of the filters begin, in hours. */
  zoneHours: number;
  /** Sorts the matching journals before `limit` is applied. */
  order: (journals: Journal[]) => Journal[];
}

/** A journal and the time of its creation, which the journal itself may omit. */
export interface KeptJournal {
  journal: Journal;
  createdMs: number;
}

/** Lists journals as `GET /v1/journals` does, with a given behavior where its documentation leaves it open. */
export class JournalHistory {
  readonly kept: KeptJournal[];
  readonly #behavior: ListingBehavior;
  /** The number of journals returned by all calls together. */
  read = 0;
  calls = 0;

  constructor(kept: KeptJournal[], behavior: ListingBehavior) {
    this.kept = kept;
    this.#behavior = behavior;
  }

  list({
    after,
    before,
    limit,
  }: Pick<JournalListing, 'limit'> & { after: string | null; before: string | null }): JournalList {
    const { dates, zoneHours, order } = this.#behavior;
    const isInside = ({ createdMs }: KeptJournal) => {
      const day = new Date(createdMs + zoneHours * 3_600_000).toISOString().slice(0, 10);
      if (dates === 'inclusive') return (after === null || day >= after) && (before === null || day <= before);
      return (after === null || day > after) && (before === null || day < before);
    };
    const matching = order(this.kept.filter(isInside).map(({ journal }) => journal));
    const journals = matching.slice(0, limit);
    this.calls += 1;
    this.read += journals.length;
    return { journals, complete: journals.length < limit || (limit >= maxListed && matching.length <= maxListed) };
  }
}

/** Creates a cash journal whose id contains this number. */
export function journalWithNumber(number: number, createdAt: string | null): Journal {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    entryType: 'JNLC',
    status: 'queued',
    rawStatus: 'queued',
    fromAccount: '8f8c8cee-2591-4f83-be12-82c659b5e748',
    toAccount: 'd7017fd9-60dd-425b-a09a-63ff59368b62',
    settleDate: null,
    systemDate: null,
    description: '',
    currency: 'USD',
    createdAt,
    transmitterInfo: null,
    netAmount: '1',
    transmitterName: null,
    transmitterAccountNumber: null,
    transmitterAddress: null,
    transmitterFinancialInstitution: null,
    transmitterTimestamp: null,
  };
}
