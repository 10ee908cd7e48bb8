import { describe, expect, it } from 'vitest';

import { isWithoutHaproxy } from '../kit/runHaproxy.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';

import { fleetRun } from './kit/fleetRun.ts';

const isLeftOut = isWithoutRedis || isWithoutHaproxy;

const exactlyOnce = { lost: 0, doubled: 0, disordered: 0 };

// `npm run chaos` has longer runs.
describe.skipIf(isLeftOut)('clients of three gateways behind a balancer get each event once and in order', () => {
  it('while gateways are killed, stopped and replaced', async () => {
    const report = await fleetRun({
      events: 3_000,
      blows: ['kill', 'stopLeader', 'roll'],
      fromMs: 200,
      toMs: 1_000,
      pauseMs: 60,
      clients: 6,
      seed: 6,
    });

    expect(report).toMatchObject({ ...exactlyOnce, exits: [0, 0, 0] });
    expect(report.mostStreams).toBeLessThanOrEqual(2);
  });

  it('while Redis is restarted with its data and without, and does not answer', async () => {
    const report = await fleetRun({
      events: 3_000,
      blows: ['redisWithData', 'redisWithoutData', 'redisStopped'],
      fromMs: 200,
      toMs: 1_000,
      pauseMs: 60,
      clients: 6,
      seed: 6,
    });

    expect(report).toMatchObject(exactlyOnce);
  });
});
