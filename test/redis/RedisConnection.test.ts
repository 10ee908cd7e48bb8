import { describe, expect, it } from 'vitest';

import { checkPersistence } from '../../src/redis/checkPersistence.ts';
import { keyPrefixOf } from '../../src/redis/openRedis.ts';
import { Peers } from '../../src/redis/Peers.ts';
import { RedisBus } from '../../src/redis/RedisBus.ts';
import { RedisConnection } from '../../src/redis/RedisConnection.ts';
import { RedisScript } from '../../src/redis/RedisScript.ts';
import { RedisUnavailableError } from '../../src/redis/RedisUnavailableError.ts';
import { closeLater } from '../kit/closeLater.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { watchedLog } from '../kit/watchedLog.ts';

const increment = new RedisScript(`return redis.call('INCRBY', KEYS[1], ARGV[1])`);

async function connect(url: string, timeoutMs = 300, keyPrefix = 'test:'): Promise<RedisConnection> {
  const redis = new RedisConnection({ url, keyPrefix, timeoutMs, log: watchedLog() });
  closeLater(() => redis.close());
  await redis.opened();
  return redis;
}

const whenReady = (redis: RedisConnection) => expect.poll(() => redis.state.isReady, { timeout: 5_000 }).toBe(true);

describe.skipIf(isWithoutRedis)('RedisConnection', () => {
  it('adds the prefix to the keys of commands and scripts, and sends a script that Redis does not know', async () => {
    const redis = await connect((await startRedis()).url);

    expect(await redis.runScript(increment, ['count'], [2])).toBe(2);
    expect(await redis.runScript(increment, ['count'], [3])).toBe(5);
    expect(await redis.run((client) => client.get('count'))).toBe('5');
    expect(await redis.run((client) => client.keys('*'))).toEqual(['test:count']);
    expect(redis.state).toEqual({ isReady: true, downMs: null, reconnects: 0, failures: 0 });
  });

  it('fails immediately while Redis is down, and works again with its data when Redis is back', async () => {
    const server = await startRedis();
    const redis = await connect(server.url);
    await redis.runScript(increment, ['count'], [1]);

    await server.kill();
    await expect.poll(() => redis.state.isReady).toBe(false);
    const before = performance.now();
    await expect(redis.runScript(increment, ['count'], [1])).rejects.toBeInstanceOf(RedisUnavailableError);
    expect(performance.now() - before).toBeLessThan(100);

    await server.restart({ keepsData: true });
    await whenReady(redis);
    expect(await redis.runScript(increment, ['count'], [1])).toBe(2);
    expect(redis.state.reconnects).toBe(1);
  });

  it('waits no longer than its timeout for a Redis that does not respond, and then fails immediately', async () => {
    const server = await startRedis();
    const redis = await connect(server.url);
    const timed = async () => {
      const before = performance.now();
      await expect(redis.run((client) => client.get('count'))).rejects.toBeInstanceOf(RedisUnavailableError);
      return performance.now() - before;
    };

    server.freeze();
    const first = await timed();
    await expect.poll(() => redis.state.isReady).toBe(false);
    const second = await timed();
    server.thaw();

    expect(first).toBeLessThan(600);
    expect(second).toBeLessThan(100);
    await whenReady(redis);
    expect(await redis.run((client) => client.get('count'))).toBeNull();
  });

  it('opens without Redis and connects as soon as it is reachable', async () => {
    const server = await startRedis();
    await server.kill();
    const redis = await connect(server.url);

    await expect(redis.run((client) => client.get('count'))).rejects.toBeInstanceOf(RedisUnavailableError);
    await server.start();

    await whenReady(redis);
    expect(await redis.run((client) => client.get('count'))).toBeNull();
  });

  it('sends blocking reads on a separate connection, where they may take longer', async () => {
    const redis = await connect((await startRedis()).url, 200);
    const reader = redis.duplicate(2_000);
    closeLater(() => reader.close());
    await reader.opened();

    const blocked = reader.run((client) => client.xread('BLOCK', 400, 'STREAMS', 'events', '$'));

    expect(await blocked).toBeNull();
    expect(reader.state.isReady).toBe(true);
  });
});

describe.skipIf(isWithoutRedis)('RedisBus', () => {
  it('delivers messages to other gateways with the same prefix, even after a restart of Redis', async () => {
    const server = await startRedis();
    const received: string[] = [];
    const join = async (name: string, prefix: string) => {
      const redis = await connect(server.url, 300, prefix);
      const bus = new RedisBus(redis, new Peers(redis));
      closeLater(() => bus.close());
      bus.receive('greeting', (body) => received.push(`${name}: ${String(body)}`));
      return { redis, bus };
    };
    const { bus, redis } = await join('one', 'a:');
    await join('two', 'a:');
    await join('other firm', 'b:');
    const whenReceived = (line: string) =>
      expect
        .poll(
          () => {
            bus.publish('greeting', line);
            return received;
          },
          // Each gateway reconnects independently.
          { timeout: 5_000 },
        )
        .toContain(`two: ${line}`);

    await whenReceived('before');
    await server.restart({ keepsData: true });
    await whenReady(redis);
    await whenReceived('after');

    expect(received.filter((line) => !line.startsWith('two: '))).toEqual([]);
  });
});

describe.skipIf(isWithoutRedis)('the persistence check at startup', () => {
  it.each<[string, string[], RegExp[]]>([
    ['logs nothing if Redis writes every command to disk', [], []],
    [
      'warns if Redis writes once a second',
      ['--appendfsync', 'everysec'],
      [/"appendfsync":"everysec".*can lose outcomes/],
    ],
    ['warns if Redis may evict keys', ['--maxmemory-policy', 'allkeys-lru'], [/"policy":"allkeys-lru".*can evict/]],
    ['warns if Redis writes nothing to disk', ['--appendonly', 'no'], [/"appendonly":"no".*can lose outcomes/]],
    [
      'logs that persistence is unknown if the credentials may not query it',
      '--user default on nopass ~* &* +@all -config'.split(' '),
      [/unknown/],
    ],
  ])('%s', async (_what, settings, expected) => {
    const redis = await connect((await startRedis(settings)).url);
    const lines: string[] = [];

    await checkPersistence(
      redis,
      watchedLog((line) => lines.push(line)),
    );

    expect(lines).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });
});

describe('the prefix of all keys', () => {
  const live = {
    prefix: 'gateway',
    baseUrl: 'https://broker-api.alpaca.markets',
    account: null,
    credentialsId: 'KEY1',
  };

  it.each([
    ['host', { baseUrl: 'https://broker-api.sandbox.alpaca.markets' }],
    ['key id', { credentialsId: 'KEY2' }],
    ['prefix', { prefix: 'other' }],
    ['account', { account: 'firm' }],
  ])('is different for another %s', (_name, other) => {
    expect(keyPrefixOf({ ...live, ...other })).not.toBe(keyPrefixOf(live));
  });

  it('does not contain the key id, and does not change with it if the account is configured', () => {
    expect(keyPrefixOf(live)).not.toContain('KEY1');
    expect(keyPrefixOf({ ...live, account: 'firm' })).toBe('{gateway:broker-api.alpaca.markets:firm}:');
    expect(keyPrefixOf({ ...live, account: 'firm', credentialsId: 'KEY2' })).toBe(
      keyPrefixOf({ ...live, account: 'firm' }),
    );
  });
});
