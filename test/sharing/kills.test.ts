import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { waitFor } from '../../src/concurrency/waitFor.ts';
import { control } from '../kit/control.ts';
import { isWithoutHaproxy } from '../kit/runHaproxy.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';
import { audit } from '../money/kit/audit.ts';
import { doWork } from '../money/kit/doWork.ts';
import type { Verdict } from '../money/kit/doWork.ts';
import { makeWork } from '../money/kit/Work.ts';
import { startCluster } from './kit/startCluster.ts';

const isSkipped = isWithoutRedis || isWithoutHaproxy;
/** Several processes start one after another, which takes long on a busy machine. */
const timeout = 180_000;

it.skipIf(isSkipped)(
  'three gateways behind a balancer, each killed with kill -9, make no reverse batch twice and report each correctly',
  { timeout },
  async () => {
    const sandbox = await startSandbox();
    const { url, gateways } = await startCluster(sandbox, { OUTCOMES_SETTLE_SECONDS: '2' });
    // When a gateway is killed, some batches are in flight: processed by the API, but without a response yet.
    const slow = { kind: 'latency', operations: ['createReverseBatch'], ms: 100, when: 'after', probability: 0.5 };
    await control(sandbox, 'PUT', 'faults', { faults: [slow] });
    const works = makeWork('reverseBatch', 40).flatMap((work) => [work, work]);

    const working = doWork(works, { url: () => url, concurrency: 12, patienceMs: 300, maxAsked: 200 });
    for (const gateway of gateways) {
      await wait(150);
      await gateway.killAndRestart();
    }
    const verdicts = await working;

    expect(await audit(sandbox, verdicts)).toMatchObject({ asked: works.length, unknown: 0, refused: 0, wrong: [] });
  },
);

it.skipIf(isSkipped)('a rolling restart loses no accepted operation', { timeout }, async () => {
  const sandbox = await startSandbox();
  const { url, gateways } = await startCluster(sandbox, { SHUTDOWN_DELAY_SECONDS: '1' });
  const works = [...makeWork('create', 600), ...makeWork('batch', 200), ...makeWork('reverseBatch', 200)].sort(
    () => 0.5 - Math.random(),
  );
  const verdicts: Verdict[] = [];

  const restarted = (async () => {
    for (const gateway of gateways) await gateway.restart('SIGTERM');
    return true;
  })();
  // The pauses make the operations last until the last restart and leave processor time for it.
  while (!(await waitFor(restarted, { timeoutMs: 100 })) && works.length > 0) {
    verdicts.push(
      ...(await doWork(works.splice(0, 4), { url: () => url, concurrency: 4, patienceMs: 200, maxAsked: 9 })),
    );
  }
  await restarted;

  const found = await audit(sandbox, verdicts);
  expect(found).toMatchObject({ done: verdicts.length, doneAtFirst: verdicts.length, wrong: [] });
});
