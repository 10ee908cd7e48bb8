import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import type { Sandbox } from '../src/sandbox/createSandbox.ts';
import { closeLater } from '../test/kit/closeLater.ts';
import { startSandbox } from '../test/kit/startGateway.ts';
import { audit } from '../test/money/kit/audit.ts';
import type { Audit } from '../test/money/kit/audit.ts';
import { doWork } from '../test/money/kit/doWork.ts';
import { breakNetwork } from '../test/money/kit/faults.ts';
import { KilledGateway } from '../test/money/kit/KilledGateway.ts';
import { executedJournals, findWrongReversals, reversalsOf } from '../test/money/kit/reversals.ts';
import { pendingJournals } from '../test/money/kit/pendingJournals.ts';
import { deletesOf, makeWork } from '../test/money/kit/Work.ts';
import type { Work } from '../test/money/kit/Work.ts';
import { WireRecord } from '../test/money/kit/WireRecord.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 32);
console.log(`CHAOS_SEED=${seed}`);

const client = { concurrency: 48, patienceMs: 1_000, maxAsked: 1_000 };
/** It takes a minute until a batch is known as not done, so fewer clients would mostly wait. */
const patientClient = { ...client, concurrency: 250 };
const bursts = 0.001;

it.each<[string, (sandbox: Sandbox) => Promise<Work[]> | Work[]]>([
  ['10,000 creates', () => makeWork('create', 10_000)],
  ['10,000 batches', () => makeWork('batch', 10_000)],
  ['10,000 deletes', async (sandbox) => deletesOf(await pendingJournals(sandbox, 10_000))],
])('%s are exact on a network that loses responses', async (name, worksFor) => {
  const sandbox = await startSandbox({ logSize: 200_000 });
  const works = await worksFor(sandbox);
  const record = await WireRecord.start();
  const gateway = await KilledGateway.start(sandbox, record.environment);
  const sinceMs = Date.now();
  await breakNetwork(sandbox, seed, bursts);

  const verdicts = await doWork(works, { ...client, url: () => gateway.url });

  const found = await audit(sandbox, verdicts, sinceMs);
  const { limits, early } = record;
  print(name, found, { limits, early: early.length });
  expect(early).toEqual([]);
  expect(found).toMatchObject({ done: works.length, refused: 0, notDone: 0, unknown: 0, wrong: [] });
  expect(found.doneAtFirst).toBeGreaterThanOrEqual(0.9 * works.length);
});

it('1,000 journals are reversed once each, although two clients ask, on a network that loses responses', async () => {
  const sandbox = await startSandbox({ settleDelayMs: 0, logSize: 200_000 });
  const gateway = await KilledGateway.start(sandbox);
  const ids = await executedJournals(sandbox, 1_000);
  await breakNetwork(sandbox, seed, bursts);

  const verdicts = await doWork(reversalsOf(ids), { ...client, url: () => gateway.url });

  const calls = verdicts.reduce((sum, { asked }) => sum + asked, 0);
  console.log('1,000 reversals, each asked by two clients:', calls / verdicts.length, 'requests for each answer');
  expect(await findWrongReversals(sandbox, ids, verdicts)).toEqual([]);
});

it('1,000 reverse batches are exact on a network that loses responses', async () => {
  const sandbox = await startSandbox({ logSize: 200_000 });
  const gateway = await KilledGateway.start(sandbox);
  await breakNetwork(sandbox, seed, bursts);

  const verdicts = await doWork(makeWork('reverseBatch', 1_000), { ...patientClient, url: () => gateway.url });

  const found = await audit(sandbox, verdicts);
  print('1,000 reverse batches', found, {});
  expect(found).toMatchObject({ asked: 1_000, refused: 0, unknown: 0, wrong: [] });
});

it('1,000 reverse batches are exact while the gateway is killed repeatedly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-'));
  closeLater(() => rmSync(folder, { recursive: true }));
  const sandbox = await startSandbox({ logSize: 200_000 });
  const gateway = await KilledGateway.start(sandbox, { OUTCOMES_FILE: join(folder, 'outcomes.db') });
  await breakNetwork(sandbox, seed, bursts);

  const works = makeWork('reverseBatch', 1_000);
  const working = doWork(works, { ...patientClient, url: () => gateway.url });
  while (gateway.kills < 20 && !(await isOver(working, 3_000))) await gateway.killAndRestart();
  const lastKillMs = Date.now();
  const verdicts = await working;
  // Batches that were requested after the last kill count from their own request.
  const settledMs = verdicts.map(({ askedAtMs, reportedAtMs }) => reportedAtMs - Math.max(askedAtMs, lastKillMs));
  const settledAfterS = Math.round(Math.max(...settledMs) / 1_000);

  const found = await audit(sandbox, verdicts);
  print('1,000 reverse batches with kill -9', found, { kills: gateway.kills, settledAfterS });
  expect(found).toMatchObject({ asked: 1_000, refused: 0, unknown: 0, wrong: [] });
  expect(settledAfterS).toBeLessThanOrEqual(75);
});

/** Returns whether the work ends within this time. */
function isOver(working: Promise<unknown>, patienceMs: number): Promise<boolean> {
  return Promise.race([working.then(() => true), wait(patienceMs, false)]);
}

function print(name: string, { wrong, attempts, ...found }: Audit, more: Record<string, number>): void {
  console.log(name);
  console.table({ ...found, attempts: Number(attempts.toFixed(2)), wrong: wrong.length, ...more });
}
