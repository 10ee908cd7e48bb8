import { describe, expect, it } from 'vitest';

import { fleetRun } from '../test/events/kit/fleetRun.ts';
import type { Disturbance } from '../test/events/kit/fleetRun.ts';

const exactlyOnce = { lost: 0, duplicated: 0, disordered: 0 };
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 32);
console.log(`CHAOS_SEED=${seed}`);

const pace = { fromMs: 1_000, toMs: 5_000, pauseMs: 20, clients: 20, seed };

describe('clients of three gateways behind a balancer get each event once and in order', () => {
  it('for 100,000 events, while gateways are killed, stopped and replaced', { timeout: 2_400_000 }, async () => {
    const disturbances: Disturbance[] = ['kill', 'stop', 'kill', 'stopLeader', 'kill', 'stop', 'roll'];
    const report = await fleetRun({ ...pace, events: 100_000, disturbances });

    console.log(report);
    expect(report).toMatchObject(exactlyOnce);
    expect(report.exits.filter((code) => code !== 0)).toEqual([]);
    expect(report.mostStreams).toBeLessThanOrEqual(2);
  });

  it('for 30,000 events, while Redis is restarted, loses its data and stops', { timeout: 1_200_000 }, async () => {
    const disturbances: Disturbance[] = [
      'redisWithData',
      'kill',
      'redisWithoutData',
      'stop',
      'redisStopped',
      'redisWithData',
    ];
    const report = await fleetRun({ ...pace, events: 30_000, disturbances });

    console.log(report);
    expect(report).toMatchObject(exactlyOnce);
    expect(report.mostStreams).toBeLessThanOrEqual(25);
  });
});
