import type { BatchItem } from '../domain/newJournal.ts';

/** Removes Travel Rule data, which is personal and not stored. The API returns it when the journal is read again. */
export function withoutTravelRule({ journal, errorMessage }: BatchItem): BatchItem {
  if (journal.entryType !== 'JNLC') return { journal: { ...journal, transmitterInfo: null }, errorMessage };
  const nothing = {
    transmitterInfo: null,
    transmitterName: null,
    transmitterAccountNumber: null,
    transmitterAddress: null,
    transmitterFinancialInstitution: null,
    transmitterTimestamp: null,
  };
  return { journal: { ...journal, ...nothing }, errorMessage };
}
