import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { neededCommands } from '../../src/redis/checkServer.ts';
import { openRedis } from '../../src/redis/openRedis.ts';
import type { RedisConnection } from '../../src/redis/RedisConnection.ts';
import { closeLater } from '../kit/closeLater.ts';
import { freePort } from '../kit/freePort.ts';
import { mutate } from '../kit/mutate.ts';
import { apiSecret } from '../kit/planted.ts';
import { runBinary, serveBinary } from '../kit/startBinary.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { makeWork } from '../money/kit/Work.ts';

import { documentedRights, documentedUser } from './kit/documentedUser.ts';
import { startTlsRedis } from './kit/startTlsRedis.ts';

// The kit fails the test if a log line contains this secret.
const password = apiSecret;
const account = { prefix: 'test', baseUrl: 'http://api', account: 'firm', credentialsId: '' };
const works = makeWork('reverseBatch', 2);

async function open(url: string, keep?: (line: string) => void): Promise<RedisConnection> {
  const redis = await openRedis(url, account, watchedLog(keep));
  closeLater(() => redis.close());
  return redis;
}

const withUser = (url: string, user: string) => url.replace('//', `//${user}@`);

describe.skipIf(isWithoutRedis)('a Redis with TLS and users', () => {
  it('is shared by gateways that trust its authority and have the rights that docs/operating.md lists', async () => {
    const { host, caFile } = await startTlsRedis(documentedUser('journals-gateway', password));
    const sandbox = await startSandbox();
    const environment = {
      APCA_BROKER_BASE_URL: sandbox.url,
      APCA_BROKER_KEY_ID: 'sandbox',
      APCA_BROKER_SECRET_KEY: apiSecret,
      REDIS_URL: `rediss://gateway:${password}@${host}`,
    };
    const trusting = { ...environment, NODE_EXTRA_CA_CERTS: caFile };
    const start = (settings: Record<string, string>) => serveBinary(['--port', '0'], settings);
    const [one, other] = await Promise.all([start(trusting), start(trusting)]);
    const reverse = (url: string) => mutate(url, 'createReverseBatchJournal', works[0]?.variables ?? {});

    expect(await reverse(one.url)).toMatchObject({ replayed: false });
    expect(await reverse(other.url)).toMatchObject({ replayed: true });
    for (const { adminUrl } of [one, other]) {
      const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
      expect(metrics).toContain('gateway_redis_up 1\n');
      expect(metrics).toContain('gateway_redis_failures_total 0\n');
    }

    const distrusting = await start(environment);
    expect(await reverse(distrusting.url)).toMatchObject({ __typename: 'UpstreamUnavailableError' });
    distrusting.binary.kill('SIGTERM');
    expect((await distrusting.binary.exit).stderr).toContain(
      '"reason":"self-signed certificate in certificate chain","msg":"redis is not available"',
    );
  });

  it('is sufficient for everything that gateways do if its user has these rights', async () => {
    const redis = await startRedis(documentedUser('test', password));
    const url = withUser(redis.url, `gateway:${password}`);
    const sandbox = await startSandbox();
    const settings = { redis: { url, prefix: 'test', account: null }, admin: { host: '127.0.0.1', port: 0 } };
    const one = await startGateway(sandbox.url, {}, settings);
    const other = await startGateway(sandbox.url, {}, settings);

    for (const kind of ['create', 'batch', 'reverseBatch'] as const) {
      for (const { name, variables } of makeWork(kind, 1)) {
        expect(await mutate(one.url, name, variables)).toMatchObject({ replayed: false });
        expect(await mutate(other.url, name, variables)).toMatchObject({ replayed: true });
      }
    }

    const metrics = await (await fetch(`${other.adminUrl}/metrics`)).text();
    expect(metrics).toContain('gateway_redis_failures_total 0\n');
    const lines: string[] = [];
    await open(url, (line) => lines.push(line));
    expect(lines).toEqual([]);
    expect(documentedRights).toContain('-@dangerous');
  });

  const user = `gateway:${password}`;

  it.each<[string, string[], string, RegExp]>([
    ['the password is wrong', [], 'gateway:false', /refuses the user or the password: WRONGPASS/],
    ['the user is unknown', [], `stranger:${password}`, /refuses the user or the password: WRONGPASS/],
    ['there is no password', [], '', /refuses the user or the password: .*NOAUTH/],
    ['a command is not allowed', ['-hset'], user, /lacks rights for hset: NOPERM .*'hset'.*docs\/operating\.md/],
    ['scripts are not allowed', ['-eval', '-evalsha'], user, /lacks rights for eval, evalsha: NOPERM/],
    ['other keys are allowed', ['resetkeys', '~other:*'], user, /lacks rights for set, get, mget, .*: NOPERM/],
    ['other channels are allowed', ['resetchannels', '&other:*'], user, /lacks rights for publish: NOPERM/],
  ])('is refused at startup without naming the password if %s', async (_what, rules, credentials, expected) => {
    const { url } = await startRedis(documentedUser('test', password, ...rules));

    const opening = open(credentials === '' ? url : withUser(url, credentials));

    await expect(opening).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringMatching(expected) as string,
    });
    await expect(opening).rejects.not.toThrow(/false|planted/);
  });

  it('ends the command with code 2 if the password is wrong', async () => {
    const { url } = await startRedis(documentedUser('journals-gateway', password));

    const { code, stderr } = await runBinary(['serve', '--sandbox', '--port', '0'], {
      SANDBOX_PORT: '0',
      REDIS_URL: withUser(url, 'gateway:false-password'),
    });

    expect(code).toBe(2);
    expect(stderr).toMatch(/invalid configuration:\n {2}- REDIS_URL: Redis refuses the user or the password: /);
    expect(stderr).not.toContain('false-password');
  });

  it('is reported once if it withdraws the password later', async () => {
    const server = await startRedis(documentedUser('test', password));
    const lines: string[] = [];
    const redis = await open(withUser(server.url, `gateway:${password}`), (line) => lines.push(line));
    const refusals = () => lines.filter((line) => line.includes('WRONGPASS') && line.includes('"level":40'));

    await server.restart({ keepsData: true, settings: documentedUser('test', 'another') });

    await expect.poll(refusals, { timeout: 5_000 }).toHaveLength(1);
    await server.restart({ keepsData: true, settings: documentedUser('test', password) });
    await expect.poll(() => redis.state.isReady, { timeout: 5_000 }).toBe(true);
    expect(refusals()).toHaveLength(1);
    expect(lines.at(-1)).toContain('redis is available again');
  });
});

it.skipIf(isWithoutRedis)('a Redis Cluster is refused at startup', async () => {
  const { url } = await startRedis(['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]);

  await expect(open(url)).rejects.toThrow(
    'REDIS_URL: Redis runs in the mode cluster; only a single primary is supported',
  );
});

it.skipIf(isWithoutRedis)('a replica, which refuses to write, is reported', async () => {
  const primary = await startRedis();
  const replica = await startRedis(['--replicaof', '127.0.0.1', new URL(primary.url).port]);
  const lines: string[] = [];

  await open(replica.url, (line) => lines.push(line));

  expect(lines).toContainEqual(expect.stringMatching(/"reason":"READONLY .*redis refuses to write/));
});

it('the check at startup covers every command that the source uses', () => {
  const root = new URL('../../src/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => readFileSync(new URL(name, root), 'utf8'));
  const inScripts = texts.flatMap((text) => [...text.matchAll(/redis\.call\('(\w+)'/g)]);
  const called = texts
    .filter((text) => /\/redis\/|RedisConnection/.test(text))
    .flatMap((text) => [...text.matchAll(/\bclient\s*\.([a-z]+)\(/g)]);
  const used = new Set([...inScripts, ...called].map(([, name = '']) => name.toLowerCase()));

  const ofTheClient = ['call', 'connect', 'disconnect', 'on'];
  const checkedOtherwise = ['config', 'publish', 'subscribe'];
  for (const name of [...ofTheClient, ...checkedOtherwise]) used.delete(name);
  expect([...used].sort()).toEqual([...neededCommands].sort());
});
