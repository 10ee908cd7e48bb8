import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { createJournals } from '../kit/createJournals.ts';
import { SlowLink } from '../kit/SlowLink.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { subscribe } from '../kit/subscribe.ts';

import { feedOf, startSharing } from './kit/startSharing.ts';

interface Changed {
  journalStatusChanged: { id: string };
}

it.skipIf(isWithoutRedis)(
  'while Redis is slower than half a second, each gateway keeps a stream of its own, and its subscribers get each event once',
  async () => {
    const sandbox = await startSandbox();
    const link = await SlowLink.start(Number(new URL((await startRedis()).url).port));
    const redisUrl = `redis://127.0.0.1:${link.port}`;
    const gateways = [await startSharing(sandbox.url, redisUrl), await startSharing(sandbox.url, redisUrl)];
    const roles = async () => (await Promise.all(gateways.map(feedOf))).map(({ role }) => role);
    const streams = await Promise.all(
      gateways.map(({ url }) => subscribe<Changed>('SSE', url, 'subscription { journalStatusChanged { id } }')),
    );
    const shown: Changed[][] = [[], []];
    const createOne = async () => {
      await createJournals(gateways[0]?.url ?? '', 1);
      for (const [index, stream] of streams.entries()) shown[index]?.push(...(await stream.take(3)));
    };
    await createOne();

    link.roundTrip = { fromMs: 600, toMs: 900 };
    await expect.poll(roles, { timeout: 20_000 }).toEqual(['standalone', 'standalone']);
    // For longer than it takes to connect to the shared log and to find that nobody can lead.
    const untilMs = performance.now() + 8_000;
    for (let round = 0; round < 5 || performance.now() < untilMs; round += 1) {
      await createOne();
      expect(await roles()).toEqual(['standalone', 'standalone']);
      await wait(100);
    }
    link.roundTrip = { fromMs: 50, toMs: 150 };
    await expect.poll(async () => (await roles()).sort(), { timeout: 20_000 }).toEqual(['following', 'leading']);
    await createOne();

    const [one = [], other] = shown.map((events) => events.map(({ journalStatusChanged }) => journalStatusChanged.id));
    expect(new Set(one).size).toBe(one.length);
    expect(other).toEqual(one);
  },
);
