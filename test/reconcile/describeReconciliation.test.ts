import { expect, it } from 'vitest';

import { describeReconciliation } from '../../src/reconcile/describeReconciliation.ts';

it('lists findings however many there are', () => {
  // A function can't have this many arguments.
  const count = 200_000;
  const text = describeReconciliation({
    since: '2026-11-01',
    until: '2026-11-30',
    journals: 0,
    withoutEvents: 0,
    unreadable: Array.from({ length: count }, (_, index) => ({ id: `journal ${index}`, problem: 'without status' })),
    differences: [],
    doubles: [],
    unknownReverseBatches: null,
  });

  expect(text).toContain(
    `unreadable journals: ${count}\n  journal         problem\n  journal 0       without status\n`,
  );
});
