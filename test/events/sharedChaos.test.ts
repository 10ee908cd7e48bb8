import { describe, expect, it } from 'vitest';

import { isWithoutHaproxy } from '../kit/runHaproxy.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';

import { fleetRun } from './kit/fleetRun.ts';

const isSkipped = isWithoutRedis || isWithoutHaproxy;

const exactlyOnce = { lost: 0, duplicated: 0, disordered: 0 };

const title = 'clients of three gateways behind a balancer receive each event once and in order';

// Smaller versions of the runs of `npm run chaos`. They take half a minute, and longer on a busy machine.
describe.skipIf(isSkipped)(title, { timeout: 180_000 }, () => {
  it('while gateways are killed, paused and replaced', async () => {
    const report = await fleetRun({
      events: 1_500,
      disturbances: ['kill', 'stopLeader', 'roll'],
      fromMs: 200,
      toMs: 1_000,
      pauseMs: 250,
      clients: 6,
      seed: 6,
    });

    expect(report).toMatchObject({ ...exactlyOnce, exits: [0, 0, 0] });
    expect(report.mostStreams).toBeLessThanOrEqual(2);
  });

  it('while Redis is restarted with and without its data, and stops answering', async () => {
    const report = await fleetRun({
      events: 1_500,
      disturbances: ['redisWithData', 'redisWithoutData', 'redisStopped'],
      fromMs: 200,
      toMs: 1_000,
      pauseMs: 250,
      clients: 6,
      seed: 6,
    });

    expect(report).toMatchObject(exactlyOnce);
  });
});
