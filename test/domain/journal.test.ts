import { describe, expect, it } from 'vitest';

import { asJournalEntryType, asJournalStatus, isFinal, journalStatuses } from '../../src/domain/journal.ts';

describe('asJournalStatus', () => {
  it.each(journalStatuses)('knows %s', (word) => {
    expect(asJournalStatus(word)).toBe(word);
  });

  it.each(['', 'EXECUTED', 'unknown', 'settled', 'toString', '__proto__'])('takes %j for unknown', (word) => {
    expect(asJournalStatus(word)).toBe('unknown');
  });
});

describe('asJournalEntryType', () => {
  it.each(['JNLC', 'JNLS'])('knows %s', (word) => {
    expect(asJournalEntryType(word)).toBe(word);
  });

  it.each(['', 'jnlc', 'JNLX', 'UNKNOWN'])('takes %j for UNKNOWN', (word) => {
    expect(asJournalEntryType(word)).toBe('UNKNOWN');
  });
});

describe('isFinal', () => {
  it('holds for canceled, deleted and correct, and for nothing else', () => {
    const final = [...journalStatuses, 'unknown' as const].filter(isFinal);

    expect(final).toEqual(['canceled', 'deleted', 'correct']);
  });
});
