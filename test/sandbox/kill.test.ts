import { describe, expect, it } from 'vitest';

import { killRounds } from './kit/killRounds.ts';

describe('kill -9 under load', () => {
  it('loses no acknowledged journal, duplicates none, and keeps the books balanced', async () => {
    const report = await killRounds(5, 1);

    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThanOrEqual(report.rounds);
  });
});
