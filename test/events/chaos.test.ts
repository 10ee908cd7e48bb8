import { describe, expect, it } from 'vitest';

import { coldResumeRun } from './kit/coldResumeRun.ts';
import { cutRun } from './kit/cutRun.ts';
import { killRun } from './kit/killRun.ts';
import { pausedRun } from './kit/pausedRun.ts';

// The same runs as `npm run chaos` has, only smaller.

const exactlyOnce = { lost: 0, doubled: 0, disordered: 0 };

describe('each client gets each event once and in order', () => {
  it('while the upstream stream breaks again and again', async () => {
    const report = await cutRun({ events: 600, cuts: 10, silences: 0, clients: 4, seed: 6 });

    expect(report).toMatchObject(exactlyOnce);
  });

  it('while the gateway is killed again and again', async () => {
    const report = await killRun({ kills: 2, fromMs: 100, toMs: 500, clients: 6, seed: 6 });

    expect(report).toMatchObject(exactlyOnce);
  });

  it('when all come back to a cold gateway at once, over five upstream streams at most', async () => {
    const report = await coldResumeRun({ clients: 60, journals: 2, seed: 6 });

    expect(report).toMatchObject(exactlyOnce);
    expect(report.mostStreams).toBeLessThanOrEqual(5);
  });

  it('while others have stopped reading, who read on later or are cut', async () => {
    const report = await pausedRun({ clients: 4, paused: 2, events: 3_000, pingSeconds: 1 });

    expect(report).toMatchObject(exactlyOnce);
    // The WebSocket answered no ping; the event stream stalled for less than it may.
    expect(report.pausedEnds).toEqual([{ cut: 1 }, {}]);
  });
});
