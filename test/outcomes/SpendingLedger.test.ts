import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FileOutcomeStore } from '../../src/outcomes/FileOutcomeStore.ts';
import { RedisSpendingStore } from '../../src/outcomes/RedisSpendingStore.ts';
import { SpendingLedger } from '../../src/outcomes/SpendingLedger.ts';
import type { Spending, SpendingEnd } from '../../src/outcomes/SpendingLedger.ts';
import { RedisConnection } from '../../src/redis/RedisConnection.ts';
import { closeLater } from '../kit/closeLater.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { watchedLog } from '../kit/watchedLog.ts';

const day = '2026-11-29';
const limits = new Map([['USD', '10']]);

function spending(idempotencyKey: string, amount: string, changes: Partial<Spending> = {}): Spending {
  const key = { principal: 'ann', mutation: 'createJournal', idempotencyKey };
  return { ...key, day, amounts: new Map([['USD', amount]]), ...changes };
}

function openStore(file: string | null = null): FileOutcomeStore {
  const store = new FileOutcomeStore(file);
  closeLater(() => store.close());
  return store;
}

describe('the spending ledger', () => {
  it('counts either all currencies of a call or none', async () => {
    const { spending: ledger } = openStore();
    const both = new Map([
      ['EUR', '1'],
      ['USD', '11'],
    ]);
    const wide = new Map([...limits, ['EUR', '1']]);

    expect(await ledger.reserve(spending('a', '', { amounts: both }), wide)).toEqual({
      currency: 'USD',
      limit: '10',
      left: '10',
    });
    expect(await ledger.reserve(spending('b', '', { amounts: new Map([['EUR', '1']]) }), wide)).toBeNull();
  });

  it('counts each day separately', async () => {
    const { spending: ledger } = openStore();

    expect(await ledger.reserve(spending('a', '10'), limits)).toBeNull();
    expect(await ledger.reserve(spending('b', '10', { day: '2026-11-30' }), limits)).toBeNull();
    expect(await ledger.reserve(spending('c', '0.01'), limits)).toMatchObject({ left: '0' });
  });

  it('counts a call of a killed process until it is released', async () => {
    const file = join(await temporaryFolder(), 'outcomes.db');
    const killed = new FileOutcomeStore(file);
    await killed.spending.reserve(spending('a', '10'), limits);
    killed.close();
    const { spending: ledger } = openStore(file);

    expect(await ledger.reserve(spending('b', '0.01'), limits)).not.toBeNull();
    await ledger.releaseLost(spending('a', '10'));
    expect(await ledger.reserve(spending('b', '10'), limits)).toBeNull();
  });

  it('keeps a lost call counted while another call of its key moves nothing', async () => {
    const { spending: ledger } = openStore();
    const [lost, next] = [spending('a', '10'), spending('b', '1')];
    await ledger.reserve(lost, limits);
    await ledger.end(lost, 'unknown');
    await ledger.reserve(lost, limits);

    await ledger.end(lost, 'notDone');
    expect(await ledger.reserve(next, limits)).toMatchObject({ left: '0' });
    await ledger.reserve(lost, limits);
    await ledger.end(lost, 'refused');
    expect(await ledger.reserve(next, limits)).toBeNull();
  });

  it('never lets calls that were or may have been executed exceed the limit, and releases all others', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      end: fc.constantFrom<SpendingEnd>('done', 'notDone', 'refused', 'unknown'),
      isBegin: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const store = new FileOutcomeStore();
        const { spending: ledger } = store;
        const open = new Map<string, number>();
        const counted = new Map<string, { isDone: boolean; isLost: boolean }>();
        for (const { key, end, isBegin } of steps) {
          const call = spending(key, '3');
          if (isBegin) {
            if ((await ledger.reserve(call, limits)) === null) open.set(key, (open.get(key) ?? 0) + 1);
          } else if ((open.get(key) ?? 0) > 0) {
            open.set(key, (open.get(key) ?? 0) - 1);
            await ledger.end(call, end);
            const before = counted.get(key) ?? { isDone: false, isLost: false };
            const isLost = end === 'unknown' || (end === 'notDone' && before.isLost);
            counted.set(key, { isDone: before.isDone || end === 'done', isLost });
          }
          const keys = ['a', 'b', 'c', 'd', 'e', 'f'].filter((each) => {
            const { isDone, isLost } = counted.get(each) ?? { isDone: false, isLost: false };
            return isDone || isLost || (open.get(each) ?? 0) > 0;
          });
          const probe = await ledger.reserve(spending('probe', '11'), limits);
          expect(probe?.left).toBe(String(10 - 3 * keys.length));
          expect(keys.length).toBeLessThanOrEqual(3);
        }
        store.close();
      }),
      { numRuns: 30 },
    );
  });
});

it.skipIf(isWithoutRedis)('the spending ledger in Redis never lets concurrent gateways exceed the limit', async () => {
  const { url } = await startRedis();
  const open = async () => {
    const redis = new RedisConnection({ url, keyPrefix: 'test:', log: watchedLog() });
    closeLater(() => redis.close());
    await redis.opened();
    return new SpendingLedger(new RedisSpendingStore(redis));
  };
  const [one, other] = await Promise.all([open(), open()]);
  const reserve = (key: string, amount: string) => one.reserve(spending(key, amount), limits);

  const calls = Array.from({ length: 12 }, (_, index) => spending(`${index}`, '3'));
  const shortages = await Promise.all(calls.map((call, index) => (index % 2 ? one : other).reserve(call, limits)));

  const counted = calls.filter((_, index) => shortages[index] === null);
  expect(counted).toHaveLength(3);
  expect(await reserve('more', '1.01')).toEqual({ currency: 'USD', limit: '10', left: '1' });
  const [done, refused, lost] = counted as [Spending, Spending, Spending];
  await Promise.all([one.end(done, 'done'), other.end(refused, 'refused'), one.end(lost, 'unknown')]);
  expect(await reserve('more', '4.01')).toMatchObject({ left: '4' });
  await other.releaseLost(lost);
  expect(await reserve('more', '7')).toBeNull();
  expect(await reserve('most', '0.01')).toMatchObject({ left: '0' });
});
