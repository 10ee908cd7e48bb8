import { describe, expect, it } from 'vitest';

import type { EventsConfig } from '../../src/config/events.ts';
import { RedisConnection } from '../../src/redis/RedisConnection.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { closeLater } from '../kit/closeLater.ts';
import { control } from '../kit/control.ts';
import { createJournals } from '../kit/createJournals.ts';
import { Gate } from '../kit/Gate.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { SlowLink } from '../kit/SlowLink.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import type { TestRedis } from '../kit/startRedis.ts';
import { statusEventLine } from '../kit/statusEventLine.ts';
import { json, quietStream, StubUpstream } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';
import { watchedLog } from '../kit/watchedLog.ts';

import { cursorOf } from './kit/cursors.ts';
import { feedOf, startSharing } from './kit/startSharing.ts';

interface Changed {
  journalStatusChanged: { id: string; cursor: string };
}

const changed = 'subscription ($after: String) { journalStatusChanged(after: $after) { id cursor } }';

async function startAll(count: number, events: EventsConfig[] = []) {
  const redis = await startRedis();
  const sandbox = await startSandbox();
  const start = (index: number) => startSharing(sandbox.url, redis.url, events[index]);
  // They start one after another, so that the first one leads.
  const gateways = [await start(0)];
  while (gateways.length < count) gateways.push(await start(gateways.length));
  return { redis, sandbox, gateways, start };
}

async function eventsOf(url: string, count: number, after?: string) {
  const events = await subscribe<Changed>('SSE', url, changed, { after });
  const taken = await events.take(count);
  await events.stop();
  return taken.map(({ journalStatusChanged }) => journalStatusChanged);
}

async function upstreamStreams(sandbox: Sandbox) {
  const { streams } = await control<{ streams: { open: number; mostOpen: number; opened: number } }>(
    sandbox,
    'GET',
    'stats',
  );
  return streams;
}

/** How many ranges of the log gateways have read. */
async function rangesRead({ url }: TestRedis): Promise<number> {
  const redis = new RedisConnection({ url, keyPrefix: '', log: watchedLog() });
  closeLater(() => redis.close());
  await redis.opened();
  const stats = await redis.run((client) => client.info('commandstats'));
  return Number(/^cmdstat_xrange:calls=(\d+)/m.exec(stats)?.[1] ?? 0);
}

describe.skipIf(isWithoutRedis)('gateways that share Redis', () => {
  it('open one upstream stream and give each event the same cursor', async () => {
    const { sandbox, gateways } = await startAll(3);
    const [after, url] = [await cursorOf(gateways[0]?.url ?? ''), gateways[1]?.url ?? ''];
    await createJournals(url, 2);

    const [first, ...others] = await Promise.all(gateways.map((gateway) => eventsOf(gateway.url, 6, after)));

    expect(others).toEqual([first, first]);
    expect(await upstreamStreams(sandbox)).toMatchObject({ open: 1, mostOpen: 1 });
    const feeds = await Promise.all(gateways.map(feedOf));
    expect(feeds.map(({ ok, isOpen, role }) => [ok, isOpen, role])).toEqual([
      [true, true, 'leading'],
      [true, true, 'following'],
      [true, true, 'following'],
    ]);
    const metrics = await (await fetch(`${gateways[0]?.adminUrl}/metrics`)).text();
    expect(metrics).toContain('gateway_feed_role{state="leading"} 1\ngateway_feed_role{state="following"} 0');
  });

  it('resume a cursor of another gateway from memory or from Redis, without a replay', async () => {
    const { sandbox, gateways, start } = await startAll(2, [{}, { window: { max: 2 } }, { window: { max: 2 } }]);
    const [one, other] = gateways.map(({ url }) => url);
    const after = await cursorOf(one ?? '');
    await createJournals(one ?? '', 3);
    const all = await eventsOf(one ?? '', 9, after);

    const late = await start(2);
    for (const url of [other ?? '', late.url]) {
      for (const place of [0, 4, 7]) {
        const resumed = await eventsOf(url, 8 - place, all[place]?.cursor);
        expect(resumed.map(({ id }) => id)).toEqual(all.slice(place + 1).map(({ id }) => id));
      }
    }

    expect(await upstreamStreams(sandbox)).toMatchObject({ opened: 1 });
  });

  it('replay events from the API that Redis no longer has', async () => {
    const log = { maxAgeMs: 0 };
    const { sandbox, gateways } = await startAll(2, [{ log }, { log, window: { max: 1 } }]);
    const [one, other] = gateways.map(({ url }) => url);
    const after = await cursorOf(one ?? '');
    await createJournals(one ?? '', 2);
    const all = await eventsOf(one ?? '', 6, after);

    await expect
      .poll(
        async () => {
          const resumed = await eventsOf(other ?? '', 5, all[0]?.cursor);
          expect(resumed.map(({ id }) => id)).toEqual(all.slice(1).map(({ id }) => id));
          return (await upstreamStreams(sandbox)).opened;
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(1);
  });

  it('read no more of the log for a client that has left', async () => {
    const redis = await startRedis();
    const lines = Array.from({ length: 10_000 }, (_, index) => statusEventLine('2026-01-01T00:00:00Z', `id${index}`));
    const begun = new Gate();
    const stub = await StubUpstream.start(json(404, {}), async (request, response) => {
      quietStream(request, response);
      await begun.pass();
      response.write(lines.join(''));
    });
    const { url, adminUrl } = await startSharing(stub.url, redis.url, { window: { max: 1 } });
    const after = await cursorOf(url);
    begun.open();
    const metrics = async () => (await fetch(`${adminUrl}/metrics`)).text();
    await expect.poll(metrics, { timeout: 20_000 }).toContain('gateway_feed_events_total 10000');

    const query = `subscription { journalStatusChanged(after: "${after}", filter: { entryType: JNLS }) { id } }`;
    const leaving = new AbortController();
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }), signal: leaving.signal });
    leaving.abort();
    const all = await subscribe('SSE', url, `subscription { journalStatusChanged(after: "${after}") { id } }`);
    await all.take(10_000);

    // This subscription reads twenty ranges. The other one would have read as many by now.
    expect(await rangesRead(redis)).toBeLessThan(30);
  });

  it('pass the lead immediately when the leader shuts down', async () => {
    const { sandbox, gateways } = await startAll(2);
    const [leader, follower] = gateways;
    const events = await subscribe<Changed>('SSE', follower?.url ?? '', changed);
    await createJournals(follower?.url ?? '', 1);
    await events.take(3);

    const begunAt = performance.now();
    await leader?.close();
    await createJournals(follower?.url ?? '', 1);

    expect(await events.take(3)).toHaveLength(3);
    expect(performance.now() - begunAt).toBeLessThan(3_000);
    expect(follower && (await feedOf(follower))).toMatchObject({ isOpen: true, role: 'leading' });
    expect(await upstreamStreams(sandbox)).toMatchObject({ open: 1, mostOpen: 1 });
  });
});

describe.skipIf(isWithoutRedis)('while Redis is unreachable', () => {
  it.each([
    ['with its data', true],
    ['without its data', false],
  ])(
    'each gateway opens its own stream, and all share one stream again when Redis is back %s',
    async (_how, keepsData) => {
      const { redis, sandbox, gateways } = await startAll(2);
      const url = gateways[0]?.url ?? '';
      const streams = await Promise.all(gateways.map((gateway) => subscribe<Changed>('SSE', gateway.url, changed)));
      await createJournals(url, 1);
      const before = await Promise.all(streams.map((events) => events.take(3)));

      await redis.kill();
      await expect.poll(() => rolesOf(gateways), { timeout: 10_000 }).toEqual(['standalone', 'standalone']);
      await createJournals(url, 1);
      const without = await Promise.all(streams.map((events) => events.take(3)));
      await redis.restart({ keepsData });
      await expect
        .poll(async () => (await rolesOf(gateways)).toSorted(), { timeout: 10_000 })
        .toEqual(['following', 'leading']);
      await createJournals(url, 1);
      const after = await Promise.all(streams.map((events) => events.take(3)));

      const seen = [before, without, after].map((parts) => parts.map((part) => idsOf(part)));
      for (const [one, other] of seen) expect(other).toEqual(one);
      expect(new Set(seen.flatMap(([one]) => one ?? [])).size).toBe(9);
      await expect.poll(async () => (await upstreamStreams(sandbox)).open, { timeout: 10_000 }).toBe(1);
      // Resumes after a cursor of each phase on the gateway that did not create it.
      const last = gateways[1]?.url ?? '';
      for (const [part, left] of [
        [before, 6],
        [without, 3],
      ] as const) {
        const resumed = await eventsOf(last, left, part[0]?.at(-1)?.journalStatusChanged.cursor);
        expect(resumed.map(({ id }) => id)).toEqual(seen.flatMap(([one]) => one ?? []).slice(-left));
      }
    },
  );

  it('a gateway that was not the leader stays ready while it opens its own stream', async () => {
    const { redis, sandbox, gateways } = await startAll(2);
    await control(sandbox, 'PUT', 'faults', { faults: [{ kind: 'answer', status: 503, operations: ['eventsV2'] }] });

    await redis.kill();
    await expect.poll(() => rolesOf(gateways.slice(1)), { timeout: 10_000 }).toEqual(['standalone']);

    const [feed] = await Promise.all(gateways.slice(1).map(feedOf));
    expect(feed).toMatchObject({ ok: true, isOpen: false });
  });

  it.each([
    ['later', 'real'],
    ['in the same second', 'manual'],
  ] as const)(
    'a gateway misses nothing until a new leader has opened the first stream %s',
    async (_when, clockMode) => {
      const redis = await startRedis();
      const sandbox = await startSandbox({ jnlcFlow: 'v2', clockMode });
      const link = await SlowLink.start(Number(new URL(redis.url).port));
      link.roundTrip = { fromMs: 5_000, toMs: 5_000 };
      const alone = await startSharing(sandbox.url, `redis://127.0.0.1:${link.port}`);
      await expect.poll(() => feedOf(alone), { timeout: 10_000 }).toMatchObject({ isOpen: true, role: 'standalone' });
      const query = 'subscription { journalStatusChanged { journalId } }';
      const events = await subscribe<{ journalStatusChanged: { journalId: string } }>('SSE', alone.url, query);
      const untilSeen = async (id: string | undefined) => {
        const seen = new Set<string>();
        while (id !== undefined && !seen.has(id)) {
          for (const { journalStatusChanged } of await events.take(1)) seen.add(journalStatusChanged.journalId);
        }
        return [...seen];
      };
      const [first] = await createJournals(alone.url, 1);
      await untilSeen(first);
      await control(sandbox, 'PUT', 'faults', { faults: [{ kind: 'answer', status: 503, operations: ['eventsV2'] }] });
      const leader = await startSharing(sandbox.url, redis.url);

      link.roundTrip = { fromMs: 0, toMs: 0 };
      await expect.poll(() => rolesOf([alone, leader]), { timeout: 10_000 }).toEqual(['following', 'leading']);
      const [second] = await createJournals(leader.url, 1);
      await control(sandbox, 'DELETE', 'faults');
      await expect.poll(() => feedOf(leader), { timeout: 10_000 }).toMatchObject({ isOpen: true });
      const [third] = await createJournals(leader.url, 1);

      expect(await untilSeen(third)).toEqual(expect.arrayContaining([second, third]));
    },
  );

  it('a gateway starts and serves live events, and shares them once Redis is reachable', async () => {
    const redis = await startRedis();
    await redis.kill();
    const sandbox = await startSandbox();
    const gateway = await startSharing(sandbox.url, redis.url);
    await expect.poll(() => rolesOf([gateway]), { timeout: 10_000 }).toEqual(['standalone']);
    const events = await subscribe<Changed>('SSE', gateway.url, changed);
    await createJournals(gateway.url, 1);
    const own = await events.take(3);

    await redis.start();
    await expect.poll(() => rolesOf([gateway]), { timeout: 10_000 }).toEqual(['leading']);
    const other = await startSharing(sandbox.url, redis.url);
    await createJournals(gateway.url, 1);

    const shared = await events.take(3);
    const resumed = await eventsOf(other.url, 5, own[0]?.journalStatusChanged.cursor);
    expect(resumed.map(({ id }) => id)).toEqual(idsOf([...own, ...shared]).slice(1));
  });
});

function idsOf(events: Changed[]): string[] {
  return events.map(({ journalStatusChanged }) => journalStatusChanged.id);
}

async function rolesOf(gateways: Parameters<typeof feedOf>[0][]): Promise<(string | undefined)[]> {
  return (await Promise.all(gateways.map(feedOf))).map(({ role }) => role);
}
