import type { Journal } from '../../src/domain/journal.ts';
import { maxListed } from '../../src/upstream/journals/journalListing.ts';
import type { JournalListing } from '../../src/upstream/journals/journalListing.ts';
import type { JournalList } from '../../src/upstream/journals/JournalsClient.ts';

export interface ListingHabits {
  /** Whether the answer includes the days of `after` and `before`. */
  dates: 'inclusive' | 'exclusive';
  /** Hours by which the days of the filters differ from UTC. */
  zoneHours: number;
  /** Sorts the journals of an answer before `limit` is applied. */
  order: (journals: Journal[]) => Journal[];
}

/** A journal and the time of its creation, which answers may omit. */
export interface KeptJournal {
  journal: Journal;
  createdMs: number;
}

/** Answers as `GET /v1/journals` may, in every way that its documentation leaves open. */
export class JournalHistory {
  readonly kept: KeptJournal[];
  readonly #habits: ListingHabits;
  /** The number of journals returned by all calls. */
  read = 0;
  calls = 0;

  constructor(kept: KeptJournal[], habits: ListingHabits) {
    this.kept = kept;
    this.#habits = habits;
  }

  list({
    after,
    before,
    limit,
  }: Pick<JournalListing, 'limit'> & { after: string | null; before: string | null }): JournalList {
    const { dates, zoneHours, order } = this.#habits;
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
export function journalNumber(number: number, createdAt: string | null): Journal {
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
