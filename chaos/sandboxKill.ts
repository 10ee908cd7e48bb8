import { expect, it } from 'vitest';

import { killRounds } from '../test/sandbox/kit/killRounds.ts';

const rounds = 50;

it(`the sandbox survives kill -9 under load, ${rounds} times`, async () => {
  // Printed first, so that a failed run can be repeated, as far as the machine's timing allows.
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 32);
  console.log(`CHAOS_SEED=${seed}`);
  const report = await killRounds(rounds, seed);

  console.log(
    `${report.rounds} rounds, ${report.acknowledged} requests acknowledged, ${report.unknown} of unknown outcome`,
  );
  expect(report.problems).toEqual([]);
});
