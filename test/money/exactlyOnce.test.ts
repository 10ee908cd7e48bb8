import { describe, expect, it } from 'vitest';

import { pendingJournals } from './kit/pendingJournals.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import { audit } from './kit/audit.ts';
import { doWork } from './kit/doWork.ts';
import { breakNetwork } from './kit/faults.ts';
import { deletesOf, makeWork } from './kit/Work.ts';
import type { Kind } from './kit/Work.ts';

const seed = 5;
const client = { concurrency: 24, patienceMs: 300, maxAsked: 100 };

describe('on a network that loses responses', () => {
  it.each<[Kind, number]>([
    ['create', 150],
    ['batch', 60],
  ])('the gateway executes each %s once and reports it correctly', async (kind, count) => {
    const { gateway, sandbox } = await startBoth();
    await breakNetwork(sandbox, seed, 0.002);

    const works = makeWork(kind, count);
    const verdicts = await doWork(works, { ...client, url: () => gateway.url });
    const found = await audit(sandbox, verdicts);

    expect(found).toMatchObject({ done: count, refused: 0, notDone: 0, unknown: 0, wrong: [] });
    expect(found.journals).toBe(works.flatMap(({ descriptions }) => descriptions).length);
    expect(found.doneAtFirst).toBeGreaterThan(0.8 * count);
  });

  it('the gateway executes each delete once and reports it correctly', async () => {
    const { gateway, sandbox } = await startBoth();
    const works = deletesOf(await pendingJournals(sandbox, 60));
    await breakNetwork(sandbox, seed, 0.002);

    const verdicts = await doWork(works, { ...client, url: () => gateway.url });

    expect(await audit(sandbox, verdicts)).toMatchObject({ done: 60, refused: 0, unknown: 0, wrong: [] });
  });

  it('the gateway reports every reverse batch correctly', async () => {
    const sandbox = await startSandbox();
    const gateway = await startGateway(sandbox.url, {}, { outcomes: { settleMs: 1_500 } });
    await breakNetwork(sandbox, seed, 0.002);

    // All at once, so that batches that were not done wait for the settle time together.
    const works = makeWork('reverseBatch', 80);
    const verdicts = await doWork(works, { ...client, concurrency: 80, url: () => gateway.url });

    const found = await audit(sandbox, verdicts);
    expect(found).toMatchObject({ asked: 80, refused: 0, unknown: 0, wrong: [] });
    expect(found.done).toBeGreaterThan(50);
    expect(found.notDone).toBeGreaterThan(0);
  });
});
