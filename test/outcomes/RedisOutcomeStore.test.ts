import { describe, expect, it } from 'vitest';

import { RedisOutcomeStore } from '../../src/outcomes/RedisOutcomeStore.ts';
import { Peers } from '../../src/redis/Peers.ts';
import { RedisConnection } from '../../src/redis/RedisConnection.ts';
import { closeLater } from '../kit/closeLater.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { watchedLog } from '../kit/watchedLog.ts';

const intent = { idempotencyKey: 'key', fingerprint: '', batch: { toAccount: '', entries: [] }, intendedAtMs: 1 };

/** Opens the stores of two gateways. The first store has just claimed a batch. */
async function startTwo() {
  const server = await startRedis();
  const open = async () => {
    const redis = new RedisConnection({ url: server.url, keyPrefix: 'test:', log: watchedLog() });
    closeLater(() => redis.close());
    await redis.opened();
    const peers = new Peers(redis);
    await peers.start();
    closeLater(() => peers.close());
    const store = new RedisOutcomeStore({ redis, peers });
    await store.start();
    return { redis, store };
  };
  const { redis, store: own } = await open();
  const { store: other } = await open();
  await expect.poll(() => own.intend('', intent).catch(() => null), { timeout: 10_000 }).not.toBeNull();
  const { id = '' } = (await other.find('', 'key')) ?? {};
  const [key = ''] = (await redis.run((client) => client.keys('*outcome:*'))).map((name) => name.slice('test:'.length));
  const claim = await redis.run((client) => client.hgetall(key));
  /** Writes the claim again, like a command that arrives after the call has ended. */
  const storeLate = () =>
    redis.run(async (client) => {
      await client.hset(key, claim);
      await client.zadd('outcomes:open', 1, id.slice(0, id.indexOf('.')));
    });
  const isUnderWayFor = async (store: RedisOutcomeStore) => (await store.unsettled()).map((it) => store.isUnderWay(it));
  return { id, own, other, storeLate, isUnderWayFor };
}

describe.skipIf(isWithoutRedis)('outcomes in Redis', () => {
  it('are under way for all gateways until the call has ended', async () => {
    const { id, own, other, isUnderWayFor } = await startTwo();
    expect([await isUnderWayFor(own), await isUnderWayFor(other)]).toEqual([[true], [true]]);

    await own.noteLost(id, null);

    expect([await isUnderWayFor(own), await isUnderWayFor(other)]).toEqual([[false], [false]]);
  });

  it('are stored as lost again when Redis says that a lost call is under way', async () => {
    const { id, own, other, storeLate, isUnderWayFor } = await startTwo();
    await own.noteLost(id, 'request');
    await storeLate();
    expect(await isUnderWayFor(other)).toEqual([true]);

    expect(await isUnderWayFor(own)).toEqual([false]);

    expect(await isUnderWayFor(other)).toEqual([false]);
    expect(await other.get(id)).toMatchObject({ state: 'open', sender: null, requestId: 'request' });
  });

  it('are removed again when Redis says that a call that was never sent is under way', async () => {
    const { id, own, other, storeLate, isUnderWayFor } = await startTwo();
    await own.forget(id);
    await storeLate();
    expect(await isUnderWayFor(other)).toEqual([true]);

    expect(await isUnderWayFor(own)).toEqual([]);

    expect(await other.find('', 'key')).toBeNull();
  });

  it('are stored again when Redis has lost the result of a call', async () => {
    const { id, own, other, storeLate, isUnderWayFor } = await startTwo();
    await own.settleDone(id, []);
    await storeLate();

    expect(await isUnderWayFor(own)).toEqual([]);

    expect(await other.get(id)).toMatchObject({ state: 'done', sender: null, items: [] });
  });
});
