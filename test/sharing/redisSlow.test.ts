import { expect, it } from 'vitest';

import type { Gateway } from '../../src/gateway.ts';
import { RedisOutcomeStore } from '../../src/outcomes/RedisOutcomeStore.ts';
import { Peers } from '../../src/redis/Peers.ts';
import { RedisConnection } from '../../src/redis/RedisConnection.ts';
import { RedisUnavailableError } from '../../src/redis/RedisUnavailableError.ts';
import { ask } from '../kit/ask.ts';
import { closeLater } from '../kit/closeLater.ts';
import { mutate } from '../kit/mutate.ts';
import type { MutationResult } from '../kit/mutate.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { redisOf } from '../kit/startGateways.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { subscribe } from '../kit/subscribe.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { audit } from '../money/kit/audit.ts';
import { doWork } from '../money/kit/doWork.ts';
import { makeWork } from '../money/kit/Work.ts';

import { SlowLink } from '../kit/SlowLink.ts';

const list = '{ journals(first: 1) { nodes { id } } }';
const changed = 'subscription { journalStatusChanged { id } }';

interface Changed {
  journalStatusChanged: { id: string };
}

/** Starts two gateways that reach Redis over a link that is not slow yet. */
async function startAll() {
  const sandbox = await startSandbox();
  const redis = await startRedis();
  const link = await SlowLink.start(Number(new URL(redis.url).port));
  const admin = { host: '127.0.0.1', port: 0 };
  const settings = { redis: { ...redisOf(redis), url: `redis://127.0.0.1:${link.port}` }, admin };
  const gateways = [await startGateway(sandbox.url, {}, settings), await startGateway(sandbox.url, {}, settings)];
  const untilReady = () =>
    expect
      .poll(async () => (await Promise.all(gateways.map(reportsRedis))).every(Boolean), { timeout: 15_000 })
      .toBe(true);
  return { sandbox, redis, link, untilReady, urls: gateways.map(({ url }) => url) as [string, string] };
}

/** Returns whether Redis is available to a gateway. */
async function reportsRedis({ adminUrl }: Gateway): Promise<boolean> {
  const { checks } = (await (await fetch(`${adminUrl}/ready`)).json()) as { checks: { redis: { ok: boolean } } };
  return checks.redis.ok;
}

/** Returns a function that returns the URL of each gateway in turn. */
function inTurn(urls: readonly string[]): () => string {
  let asked = 0;
  return () => urls[(asked += 1) % urls.length] ?? '';
}

it.skipIf(isWithoutRedis)(
  'with a Redis that answers after 50 to 300 ms, gateways do everything once and deliver each event once and in order',
  async () => {
    const { sandbox, link, urls } = await startAll();
    const streams = await Promise.all(urls.map((url) => subscribe<Changed>('SSE', url, changed)));
    link.roundTrip = { fromMs: 50, toMs: 300 };

    const twice = (kind: 'create' | 'batch' | 'reverseBatch') =>
      makeWork(kind, 10).flatMap((work) => [work, work, work]);
    const works = [...twice('create'), ...twice('batch'), ...twice('reverseBatch')];
    const verdicts = await doWork(works, { url: inTurn(urls), concurrency: 30, patienceMs: 200, maxAsked: 1_000 });

    const found = await audit(sandbox, verdicts);
    expect(found).toMatchObject({ done: works.length, wrong: [] });
    // Each journal has at least one event.
    const shown = await Promise.all(streams.map((stream) => stream.take(found.journals)));
    const [one, other] = shown.map((events) => events.map(({ journalStatusChanged }) => journalStatusChanged.id));
    expect(new Set(one).size).toBe(found.journals);
    expect(other).toEqual(one);
  },
);

it.skipIf(isWithoutRedis)(
  'with a Redis that becomes slower than half a second, reads, creates and live status go on, and each batch is done once',
  { timeout: 120_000 },
  async () => {
    const { sandbox, link, urls, untilReady } = await startAll();
    const [one, other] = urls;
    const live = await subscribe<Changed>('SSE', other, changed);
    const longestMs = { read: 0, create: 0, reverseBatch: 0 };
    const timed = async <Answer>(kind: keyof typeof longestMs, answer: Promise<Answer>): Promise<Answer> => {
      const begunAt = performance.now();
      const received = await answer;
      longestMs[kind] = Math.max(longestMs[kind], performance.now() - begunAt);
      return received;
    };

    const rounds = 8;
    const batches = makeWork('reverseBatch', 2 * rounds);
    const creates = makeWork('create', 2 * rounds);
    const outcomes: MutationResult[] = [];
    for (let round = 0; round < rounds; round += 1) {
      link.roundTrip = { fromMs: 50, toMs: 150 };
      await untilReady();
      const doAll = (at: number) =>
        [one, other].map(async (url, index) => {
          const [create, batch] = [creates[at + index], batches[at + index]];
          const reversing = timed('reverseBatch', mutate(url, 'createReverseBatchJournal', batch?.variables ?? {}));
          expect((await timed('read', ask(url, list))).errors).toBeUndefined();
          const created = await timed('create', mutate(url, 'createJournal', create?.variables ?? {}));
          expect(created.__typename).toBe('CreateJournalSuccess');
          // When the link becomes slow, some commands to Redis are in flight: in half of the rounds those that claim a
          // batch before it is sent, in the other half those that store its outcome.
          if (round % 2 === 1) outcomes.push(await reversing);
          if (index === 0) link.roundTrip = { fromMs: 5_000, toMs: 8_000 };
          if (round % 2 === 0) outcomes.push(await reversing);
        });
      await Promise.all(doAll(2 * round));
    }

    expect(await live.take(creates.length)).toHaveLength(creates.length);
    // Each command may take half a second. With the operation itself, that is less than one response of Redis takes.
    expect(Math.max(...Object.values(longestMs))).toBeLessThan(4_500);
    link.roundTrip = { fromMs: 0, toMs: 0 };
    await untilReady();
    const works = [...batches, ...batches, ...creates];
    const verdicts = await doWork(works, { url: inTurn(urls), concurrency: 12, patienceMs: 200, maxAsked: 1_000 });
    expect(await audit(sandbox, verdicts)).toMatchObject({ done: works.length, wrong: [] });
    // A search for a lost batch, or a wait for a call that has already ended, would take longer.
    expect(Math.max(...verdicts.map(({ askedAtMs, reportedAtMs }) => reportedAtMs - askedAtMs))).toBeLessThan(15_000);
    const idsOf = ({ results }: MutationResult) => results?.map(({ journal }) => journal.id).sort();
    const reported = outcomes.filter(({ __typename }) => __typename.endsWith('Success')).map(idsOf);
    expect(verdicts.map(({ result }) => idsOf(result))).toEqual(expect.arrayContaining(reported));
  },
);

it.skipIf(isWithoutRedis)('a claim that reaches Redis after its gateway gave up does not keep its key', async () => {
  const server = await startRedis();
  const link = await SlowLink.start(Number(new URL(server.url).port));
  const connect = (url: string) => {
    const redis = new RedisConnection({ url, keyPrefix: 'test:', log: watchedLog() });
    closeLater(() => redis.close());
    return redis;
  };
  const [redis, direct] = [connect(`redis://127.0.0.1:${link.port}`), connect(server.url)];
  await Promise.all([redis.opened(), direct.opened()]);
  const store = new RedisOutcomeStore({ redis, peers: new Peers(redis) });
  const intent = { idempotencyKey: 'key', fingerprint: '', batch: { toAccount: '', entries: [] }, intendedAtMs: 1 };
  const intend = async () => (await store.intend('', intent))?.state;
  await store.start();
  await expect.poll(() => intend().catch(() => null), { timeout: 10_000 }).toBe('open');
  await store.forget((await store.find('', 'key'))?.id ?? '');

  link.roundTrip = { fromMs: 4_000, toMs: 4_000 };
  await expect(intend()).rejects.toBeInstanceOf(RedisUnavailableError);
  link.roundTrip = { fromMs: 0, toMs: 0 };

  const claims = () => direct.run((client) => client.keys('*outcome:*'));
  await expect.poll(claims, { timeout: 10_000 }).toHaveLength(1);
  expect(await store.find('', 'key')).toBeNull();
  expect(await claims()).toEqual([]);
  expect(await intend()).toBe('open');
});

it.skipIf(isWithoutRedis)(
  'a gateway stores hundreds of outcomes again in a distant Redis that has lost them, before any batch can be sent twice',
  async () => {
    const { sandbox, redis, link, urls } = await startAll();
    const [one, other] = urls;
    const works = makeWork('reverseBatch', 120);
    await doWork(works, { url: () => one, concurrency: 50, patienceMs: 200, maxAsked: 1_000 });

    link.roundTrip = { fromMs: 100, toMs: 100 };
    await redis.restart({ keepsData: false });
    const verdicts = await doWork(works, { url: () => other, concurrency: 10, patienceMs: 200, maxAsked: 1_000 });

    expect(await audit(sandbox, verdicts)).toMatchObject({ done: works.length, wrong: [] });
    expect(verdicts.filter(({ result }) => result.replayed !== true)).toEqual([]);
  },
);
