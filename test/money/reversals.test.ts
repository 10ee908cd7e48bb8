import { expect, it } from 'vitest';

import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { doWork } from './kit/doWork.ts';
import { breakNetwork } from './kit/faults.ts';
import { executedJournals, findWrongReversals, reversalsOf } from './kit/reversals.ts';

it('each journal is reversed once when two clients ask two gateways on a network that loses responses', async () => {
  const sandbox = await startSandbox({ settleDelayMs: 0 });
  const gateways = [await startGateway(sandbox.url), await startGateway(sandbox.url)];
  const ids = await executedJournals(sandbox, 120);
  await breakNetwork(sandbox, 7, 0.001);
  let asked = 0;
  const url = () => gateways[(asked += 1) % 2]?.url ?? '';

  const verdicts = await doWork(reversalsOf(ids), { url, concurrency: 24, patienceMs: 300, maxAsked: 200 });

  expect(await findWrongReversals(sandbox, ids, verdicts)).toEqual([]);
});
