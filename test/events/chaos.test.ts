import { describe, expect, it } from 'vitest';

import { coldResumeRun } from './kit/coldResumeRun.ts';
import { cutRun } from './kit/cutRun.ts';
import { killRun } from './kit/killRun.ts';
import { pausedRun } from './kit/pausedRun.ts';

// Smaller versions of the runs of `npm run chaos`.

const exactlyOnce = { lost: 0, duplicated: 0, disordered: 0 };

describe('every client receives every event once and in order', () => {
  it('while the upstream stream breaks repeatedly', async () => {
    const report = await cutRun({ events: 600, cuts: 10, silences: 0, clients: 4, seed: 6 });

    expect(report).toMatchObject(exactlyOnce);
  });

  it('while the gateway is killed repeatedly', async () => {
    const report = await killRun({ kills: 2, fromMs: 100, toMs: 500, clients: 6, seed: 6 });

    expect(report).toMatchObject(exactlyOnce);
  });

  it('when all clients resume on a cold gateway at once, over at most five upstream streams', async () => {
    const report = await coldResumeRun({ clients: 60, journals: 2, seed: 6 });

    expect(report).toMatchObject(exactlyOnce);
    expect(report.mostStreams).toBeLessThanOrEqual(5);
  });

  it('while other clients stop reading and later resume or are disconnected', async () => {
    const report = await pausedRun({ clients: 4, paused: 2, events: 3_000, pingSeconds: 1 });

    expect(report).toMatchObject(exactlyOnce);
    // The WebSocket missed its pings; the event stream stalled for less than the limit.
    expect(report.pausedEnds).toEqual([{ cut: 1 }, {}]);
  });
});
