import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { startSandbox } from '../test/kit/startGateway.ts';
import { outages } from '../test/money/kit/outages.ts';
import { KilledGateway } from '../test/money/kit/KilledGateway.ts';
import { SteadyLoad } from '../test/money/kit/SteadyLoad.ts';
import type { Operation } from '../test/money/kit/SteadyLoad.ts';

const outageMs = Number(process.env['CHAOS_GONE_SECONDS'] ?? 60) * 1_000;
const perSecond = 50;

it.each(Object.entries(outages))(
  `the gateway recovers when the upstream %s for ${outageMs / 1_000} s at ${perSecond} creates a second`,
  async (kind, startOutage) => {
    const sandbox = await startSandbox();
    const { port } = sandbox;
    const gateway = await KilledGateway.start(sandbox);
    const load = new SteadyLoad(gateway.url, perSecond);
    await wait(2_000);

    await sandbox.close();
    const outage = await startOutage(port);
    const goneAt = performance.now();
    await wait(outageMs);
    outage.end();
    const backAt = performance.now();
    await startSandbox({ port });
    await wait(8_000);
    load.stop();

    const { operations } = load;
    const meanwhile = operations.filter(({ at }) => at >= goneAt && at < backAt);
    const attemptsPerOperation = outage.attempts.length / meanwhile.length;
    const lastAttemptS = (Math.max(goneAt, ...outage.attempts) - goneAt) / 1_000;
    const firstRefusedS = secondsUntil(meanwhile.find(isRefusedAtOnce), goneAt);
    const backAfterS = secondsUntil(
      operations.find((operation) => operation.at > backAt && isDone(operation)),
      backAt,
    );
    const failedLater = operations.filter(
      (operation) => operation.at > backAt + 5_000 && operation.result !== null && !isDone(operation),
    ).length;
    console.log(kind);
    console.table({
      operations: meanwhile.length,
      attemptsPerOperation,
      firstRefusedS,
      lastAttemptS,
      backAfterS,
      failedLater,
    });
    expect(attemptsPerOperation).toBeLessThanOrEqual(1.2);
    expect(firstRefusedS).toBeLessThan(2);
    expect(lastAttemptS).toBeLessThan(2);
    expect(backAfterS).toBeLessThan(5);
    expect(failedLater).toBe(0);
  },
);

function isDone({ result }: Operation): boolean {
  return result?.__typename === 'CreateJournalSuccess';
}

function isRefusedAtOnce({ result }: Operation): boolean {
  return result?.message?.includes('keeps failing') === true;
}

function secondsUntil(operation: Operation | undefined, sinceMs: number): number {
  return operation ? (operation.at - sinceMs) / 1_000 : Infinity;
}
