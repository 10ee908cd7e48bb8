import { describe, expect, it } from 'vitest';

import { asJournalEntryType, asJournalStatus, isFinal, journalStatuses } from '../../src/domain/journal.ts';

describe('asJournalStatus', () => {
  it.each(journalStatuses)('returns %s unchanged', (status) => {
    expect(asJournalStatus(status)).toBe(status);
  });

  it.each(['', 'EXECUTED', 'unknown', 'settled', 'toString', '__proto__'])('maps %j to unknown', (status) => {
    expect(asJournalStatus(status)).toBe('unknown');
  });
});

describe('asJournalEntryType', () => {
  it.each(['JNLC', 'JNLS'])('returns %s unchanged', (entryType) => {
    expect(asJournalEntryType(entryType)).toBe(entryType);
  });

  it.each(['', 'jnlc', 'JNLX', 'UNKNOWN'])('maps %j to UNKNOWN', (entryType) => {
    expect(asJournalEntryType(entryType)).toBe('UNKNOWN');
  });
});

describe('isFinal', () => {
  it('is true only for canceled, deleted and correct', () => {
    const final = [...journalStatuses, 'unknown' as const].filter(isFinal);

    expect(final).toEqual(['canceled', 'deleted', 'correct']);
  });
});
