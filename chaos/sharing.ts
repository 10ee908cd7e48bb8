import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { waitFor } from '../src/concurrency/waitFor.ts';
import { startSandbox } from '../test/kit/startGateway.ts';
import { audit } from '../test/money/kit/audit.ts';
import { doWork } from '../test/money/kit/doWork.ts';
import { breakNetwork } from '../test/money/kit/faults.ts';
import { makeWork } from '../test/money/kit/Work.ts';
import { startCluster } from '../test/sharing/kit/startCluster.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 32);
const count = Number(process.env['CHAOS_WORKS'] ?? 1_000);
console.log(`CHAOS_SEED=${seed}`);

it(`${count} reverse batches over three gateways are exact while gateways and Redis are killed repeatedly`, async () => {
  const sandbox = await startSandbox({ logSize: 200_000 });
  const { url, gateways, redis } = await startCluster(sandbox);
  await breakNetwork(sandbox, seed, 0.001);

  const works = makeWork('reverseBatch', count);
  const client = { url: () => url, concurrency: 250, patienceMs: 1_000, maxAsked: 1_000 };
  const working = doWork(works, client).then((verdicts) => verdicts);
  for (let kills = 0; kills < 21 && !(await waitFor(working, { timeoutMs: 2_000 })); kills += 1) {
    await gateways[kills % gateways.length]?.killAndRestart();
    if (kills % 7 !== 6) continue;
    await redis.kill();
    await wait(1_000);
    await redis.start();
  }
  const verdicts = await working;

  const { wrong, attempts, ...found } = await audit(sandbox, verdicts);
  console.table({ ...found, attempts: Number(attempts.toFixed(2)), wrong: wrong.length });
  expect({ ...found, wrong }).toMatchObject({ asked: count, refused: 0, unknown: 0, wrong: [] });
});
