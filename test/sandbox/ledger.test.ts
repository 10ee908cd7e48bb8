import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { operation, runOperations } from './kit/ledgerProperty.ts';

describe('the ledger', () => {
  it('stays balanced after random operations, ends of day and restarts', async () => {
    const operations = fc.array(operation, { minLength: 50, maxLength: 50 });

    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        expect(await runOperations(list)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
