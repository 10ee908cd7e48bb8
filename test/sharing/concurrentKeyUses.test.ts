import { expect, it } from 'vitest';

import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { redisOf, startGateways } from '../kit/startGateways.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';
import { mutate } from '../kit/mutate.ts';
import { audit } from '../money/kit/audit.ts';
import { doWork } from '../money/kit/doWork.ts';
import { makeWork } from '../money/kit/Work.ts';
import type { Kind } from '../money/kit/Work.ts';

const uses = 50;

it.skipIf(isWithoutRedis)(
  `three gateways with one Redis execute ${uses} concurrent uses of one key once and give all of them the same result`,
  async () => {
    const sandbox = await startSandbox();
    const { gateways, redis } = await startGateways(sandbox);
    let asked = 0;
    const url = () => gateways[(asked += 1) % gateways.length]?.url ?? '';

    for (const kind of ['create', 'batch', 'reverseBatch'] satisfies Kind[]) {
      const works = makeWork(kind, 1).flatMap((work) => Array.from({ length: uses }, () => work));
      const verdicts = await doWork(works, { url, concurrency: uses, patienceMs: 200, maxAsked: 50 });

      expect(await audit(sandbox, verdicts)).toMatchObject({ done: uses, wrong: [] });
      // If Redis has not responded in time, the gateway does not know whether the result is a replay.
      expect(verdicts.filter(({ result }) => result.replayed === false).length).toBeLessThan(2);
      expect(verdicts.filter(({ result }) => result.replayed === true).length).toBeGreaterThan(0);
    }

    // A gateway that starts later returns the same result. A gateway of another account shares nothing.
    const [work] = makeWork('reverseBatch', 1);
    const later = await startGateway(sandbox.url, {}, { redis: redisOf(redis) });
    expect(await mutate(later.url, 'createReverseBatchJournal', work?.variables ?? {})).toMatchObject({
      replayed: true,
    });
    const other = await startGateway(sandbox.url, {}, { redis: { ...redisOf(redis), account: 'other' } });
    expect(await mutate(other.url, 'createReverseBatchJournal', work?.variables ?? {})).toMatchObject({
      replayed: false,
    });
  },
);
