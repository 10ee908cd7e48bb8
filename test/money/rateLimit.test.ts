import { expect, it } from 'vitest';

import { control } from '../kit/control.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { audit } from './kit/audit.ts';
import { doWork } from './kit/doWork.ts';
import { KilledGateway } from './kit/KilledGateway.ts';
import { makeWork } from './kit/Work.ts';
import { WireRecord } from './kit/WireRecord.ts';

it('under load the gateway sends nothing to the API between a 429 and its reset', async () => {
  const sandbox = await startSandbox();
  const record = await WireRecord.start();
  const gateway = await KilledGateway.start(sandbox, record.environment);
  const limited = { kind: 'rateLimited', probability: 0.02, resetMs: 700, retryAfter: false, count: 4 };
  await control(sandbox, 'PUT', 'faults', { seed: 5, faults: [limited, { kind: 'answerLost', probability: 0.1 }] });

  const works = [...makeWork('create', 300), ...makeWork('reverseBatch', 20)];
  const verdicts = await doWork(works, { url: () => gateway.url, concurrency: 64, patienceMs: 300, maxAsked: 100 });

  expect(await audit(sandbox, verdicts)).toMatchObject({ done: works.length, wrong: [] });
  expect(record.limits).toBeGreaterThan(0);
  expect(record.early).toEqual([]);
});
