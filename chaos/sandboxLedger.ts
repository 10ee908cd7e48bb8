import fc from 'fast-check';
import { expect, it } from 'vitest';

import { operation, runOperations } from '../test/sandbox/kit/ledgerProperty.ts';

const operationsPerRun = 200;
const runs = 50;

it(`the sandbox's ledger is balanced after ${operationsPerRun * runs} random operations`, async () => {
  const operations = fc.array(operation, { minLength: operationsPerRun, maxLength: operationsPerRun });

  await fc.assert(
    fc.asyncProperty(operations, async (list) => {
      expect(await runOperations(list)).toEqual([]);
    }),
    { numRuns: runs },
  );
});
