import { expect, it } from 'vitest';

import { isWithoutHaproxy } from '../kit/runHaproxy.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { audit } from './kit/audit.ts';
import { doWork } from './kit/doWork.ts';
import { pendingJournals } from './kit/pendingJournals.ts';
import { startHaproxy } from './kit/startHaproxy.ts';
import { deletesOf, makeWork } from './kit/Work.ts';

it.skipIf(isWithoutHaproxy)(
  'through a proxy that cuts and delays connections and is killed, the gateway executes each mutation once and reports it correctly',
  async () => {
    const sandbox = await startSandbox();
    const deletes = deletesOf(await pendingJournals(sandbox, 60));
    const works = [...makeWork('create', 120), ...makeWork('batch', 40), ...deletes, ...makeWork('reverseBatch', 30)];
    const proxy = await startHaproxy(sandbox.port);
    const gateway = await startGateway(proxy.url, {}, { outcomes: { settleMs: 1_500 } });

    const working = doWork(works, { url: () => gateway.url, concurrency: 16, patienceMs: 300, maxAsked: 100 });
    await proxy.restart();
    const verdicts = await working;

    const found = await audit(sandbox, verdicts);
    expect(found).toMatchObject({ asked: 250, refused: 0, unknown: 0, wrong: [] });
    const reverse = verdicts.filter(({ work }) => work.name === 'createReverseBatchJournal');
    expect(verdicts.filter(({ reported }) => reported === 'done').length).toBeGreaterThanOrEqual(250 - reverse.length);
  },
);
