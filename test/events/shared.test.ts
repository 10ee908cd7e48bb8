import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { createJournals } from '../kit/createJournals.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { subscribe } from '../kit/subscribe.ts';

describe.skipIf(isWithoutRedis)('gateways that share Redis', () => {
  it('have one upstream stream, and each publishes every event', async () => {
    const redis = await startRedis();
    const sandbox = await startSandbox();
    const shared = { redis: { url: redis.url, prefix: 'test', account: null } };
    const gateways = await Promise.all([1, 2, 3].map(() => startGateway(sandbox.url, {}, shared)));
    const streams = await Promise.all(
      gateways.map(({ url }) => subscribe(`SSE`, url, 'subscription { journalStatusChanged { id cursor } }')),
    );
    console.log(await ask(gateways[0]!.url, '{ journalStatusCursor }'));
    await createJournals(gateways[1]!.url, 3);
    for (const s of streams) console.log(JSON.stringify(await s.take(6)));
    console.log(await control(sandbox, 'GET', 'stats'));
    expect(1).toBe(1);
  });
});
