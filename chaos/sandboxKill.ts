import { expect, it } from 'vitest';

import { killRounds } from '../test/sandbox/kit/killRounds.ts';

const rounds = 50;

it(`the sandbox survives kill -9 under load, ${rounds} times`, async () => {
  const report = await killRounds(rounds, Date.now());

  console.log(
    `${report.rounds} rounds, ${report.acknowledged} requests acknowledged, ${report.unknown} of unknown fate`,
  );
  expect(report.problems).toEqual([]);
});
