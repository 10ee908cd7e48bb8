import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import type { MutationResult } from '../kit/mutate.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startGateways } from '../kit/startGateways.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';
import { askMetric, askReady } from '../kit/startWatched.ts';
import { makeWork } from '../money/kit/Work.ts';

const [first, second, third] = makeWork('reverseBatch', 3).map(({ variables }) => variables);
const [create] = makeWork('create', 1).map(({ variables }) => variables);

const reverse = (url: string, variables = first) => mutate(url, 'createReverseBatchJournal', variables ?? {});
const idsOf = ({ results = [] }: MutationResult) => results.map(({ journal }) => journal.id).sort();

describe.skipIf(isWithoutRedis)('gateways that share Redis', () => {
  it.each([
    ['is killed', 'is restarted with its data', { keepsData: true, freezes: false }],
    ['is killed', 'is restarted without its data', { keepsData: false, freezes: false }],
    ['hangs', 'continues', { keepsData: true, freezes: true }],
  ])('refuse only reverse batches when Redis %s, and move nothing twice when it %s', async (...row) => {
    const [, , { keepsData, freezes }] = row;
    const sandbox = await startSandbox();
    const admin = { host: '127.0.0.1', port: 0 };
    const { gateways, redis } = await startGateways(sandbox, 2, { admin });
    const adminUrls = gateways.map(({ adminUrl }) => adminUrl ?? '');
    const [one, other] = gateways.map(({ url }) => url) as [string, string];
    const done = [await untilAnswered(one, first), await untilAnswered(other, second)] as const;
    const redisReports = () => Promise.all(adminUrls.map(redisReport));
    expect(await redisReports()).toEqual(Array(2).fill({ status: 200, ready: true, redis: true }));

    if (freezes) redis.freeze();
    else await redis.kill();

    // The gateway that sent the first batch still has the outcome of that batch. The other gateway either has this
    // outcome, too, or refuses the batch.
    const begun = performance.now();
    expect(idsOf(await reverse(one, first))).toEqual(idsOf(done[0]));
    const refusals = await Promise.all([reverse(one, third), reverse(other, third)]);
    expect(refusals.map(({ __typename }) => __typename)).toEqual(Array(2).fill('UpstreamUnavailableError'));
    const known = await reverse(other, first);
    if (known.__typename !== 'UpstreamUnavailableError') expect(idsOf(known)).toEqual(idsOf(done[0]));
    expect(refusals[0].message).toMatch(/^nothing was sent/);
    expect(await mutate(one, 'createJournal', create ?? {})).toMatchObject({ __typename: 'CreateJournalSuccess' });
    expect(await mutate(other, 'createJournal', create ?? {})).toMatchObject({ __typename: 'CreateJournalSuccess' });
    expect((await ask(other, '{ journals(first: 1) { nodes { id } } }')).errors).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(10_000);
    // While Redis hangs, a connection counts as ready until a command times out and closes it.
    await expect
      .poll(redisReports, { timeout: 5_000 })
      .toEqual(Array(2).fill({ status: 200, ready: true, redis: false }));
    expect(await askMetric(adminUrls[0] ?? '', 'gateway_redis_up')).toBe(0);

    if (freezes) redis.thaw();
    else await redis.restart({ keepsData });

    const begunAgain = performance.now();
    expect(await untilAnswered(one, third)).toMatchObject({ __typename: 'CreateReverseBatchJournalSuccess' });
    // Each gateway has the outcomes of the batches that the other gateway has sent.
    expect(idsOf(await untilAnswered(other, first))).toEqual(idsOf(done[0]));
    expect(idsOf(await untilAnswered(one, second))).toEqual(idsOf(done[1]));
    expect(await untilAnswered(other, third)).toMatchObject({ replayed: true });
    expect(performance.now() - begunAgain).toBeLessThan(15_000);
    await expect
      .poll(redisReports, { timeout: 5_000 })
      .toEqual(Array(2).fill({ status: 200, ready: true, redis: true }));
    const requests = await control<{ operation: string; status: number }[]>(sandbox, 'GET', 'log');
    expect(requests.filter(({ operation }) => operation === 'createReverseBatch')).toHaveLength(3);
  });
});

/**
 * Repeats a batch until it is not refused. Each gateway reconnects to Redis by itself, and refuses batches whenever
 * Redis takes too long to respond.
 */
async function untilAnswered(url: string, variables = first): Promise<MutationResult> {
  for (;;) {
    const result = await reverse(url, variables);
    if (result.__typename !== 'UpstreamUnavailableError') return result;
    await wait(100);
  }
}

async function redisReport(adminUrl: string): Promise<{ status: number; ready: boolean; redis: boolean | undefined }> {
  const { status, body } = await askReady(adminUrl);
  return { status, ready: body.ready, redis: body.checks.redis?.ok };
}
