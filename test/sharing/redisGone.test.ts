import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import type { MutationResult } from '../kit/mutate.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startGateways } from '../kit/startGateways.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';
import { makeWork } from '../money/kit/Work.ts';

const [first, second, third] = makeWork('reverseBatch', 3).map(({ variables }) => variables);
const [create] = makeWork('create', 1).map(({ variables }) => variables);

const reverse = (url: string, variables = first) => mutate(url, 'createReverseBatchJournal', variables ?? {});
const idsOf = ({ results = [] }: MutationResult) => results.map(({ journal }) => journal.id).sort();

const title = 'gateways refuse reverse batches but do everything else; when it %s, nothing is moved twice';

describe.skipIf(isWithoutRedis)('gateways that share Redis', () => {
  it.each([
    ['is killed', 'is restarted with its data', { keepsData: true, freezes: false }],
    ['is killed', 'is restarted without its data', { keepsData: false, freezes: false }],
    ['hangs', 'continues', { keepsData: true, freezes: true }],
  ])(`when Redis %s, ${title}`, async (...row) => {
    const [, , { keepsData, freezes }] = row;
    const sandbox = await startSandbox();
    const admin = { host: '127.0.0.1', port: 0 };
    const { gateways, redis } = await startGateways(sandbox, 2, { admin });
    const adminUrl = gateways[0]?.adminUrl ?? '';
    const [one, other] = gateways.map(({ url }) => url) as [string, string];
    const done = [await reverse(one, first), await reverse(other, second)];
    const redisReport = async () => {
      const report = await fetch(`${adminUrl}/ready`);
      const { ready, checks } = (await report.json()) as { ready: boolean; checks: { redis: { ok: boolean } } };
      return { status: report.status, ready, redis: checks.redis.ok };
    };
    expect(await redisReport()).toEqual({ status: 200, ready: true, redis: true });

    if (freezes) redis.freeze();
    else await redis.kill();

    // The gateway that sent the first batch still has its outcome. The other gateway may have it, too, and sends
    // nothing.
    const begun = performance.now();
    expect(idsOf(await reverse(one, first))).toEqual(idsOf(done[0] as MutationResult));
    const refusals = await Promise.all([reverse(one, third), reverse(other, third)]);
    expect(refusals.map(({ __typename }) => __typename)).toEqual(Array(2).fill('UpstreamUnavailableError'));
    const known = await reverse(other, first);
    if (known.__typename !== 'UpstreamUnavailableError') expect(idsOf(known)).toEqual(idsOf(done[0] as MutationResult));
    expect(refusals[0].message).toMatch(/^nothing was sent/);
    expect(await mutate(one, 'createJournal', create ?? {})).toMatchObject({ __typename: 'CreateJournalSuccess' });
    expect(await mutate(other, 'createJournal', create ?? {})).toMatchObject({ __typename: 'CreateJournalSuccess' });
    expect((await ask(other, '{ journals(first: 1) { nodes { id } } }')).errors).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await redisReport()).toEqual({ status: 200, ready: true, redis: false });
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(metrics).toContain('gateway_redis_up 0');

    if (freezes) redis.thaw();
    else await redis.restart({ keepsData });

    await expect
      .poll(async () => (await reverse(one, third)).__typename, { timeout: 15_000, interval: 200 })
      .toBe('CreateReverseBatchJournalSuccess');
    // Each gateway has the outcomes of the batches that the other gateway has sent.
    expect(idsOf(await reverse(other, first))).toEqual(idsOf(done[0] as MutationResult));
    expect(idsOf(await reverse(one, second))).toEqual(idsOf(done[1] as MutationResult));
    expect(await reverse(other, third)).toMatchObject({ replayed: true });
    expect(await redisReport()).toEqual({ status: 200, ready: true, redis: true });
    const writes = await control<{ operation: string; status: number }[]>(sandbox, 'GET', 'log');
    expect(writes.filter(({ operation }) => operation === 'createReverseBatch')).toHaveLength(3);
  });
});
