import { describe, expect, it } from 'vitest';

import { killRounds } from './kit/killRounds.ts';

describe('kill -9 under load', () => {
  it('loses nothing that was acknowledged, doubles nothing, and the books add up', async () => {
    const report = await killRounds(5, 1);

    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThanOrEqual(report.rounds);
  });
});
