import { describe, expect, it } from 'vitest';

import { coldResumeRun } from '../test/events/kit/coldResumeRun.ts';
import { cutRun } from '../test/events/kit/cutRun.ts';
import { killRun } from '../test/events/kit/killRun.ts';
import { pausedRun } from '../test/events/kit/pausedRun.ts';

const exactlyOnce = { lost: 0, duplicated: 0, disordered: 0 };

/** Printed first, so that a failed run can be repeated, as far as the machine's timing allows. */
function printSeed(): number {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 32);
  console.log(`CHAOS_SEED=${seed}`);
  return seed;
}

function print(report: object): void {
  const lines = Object.entries(report).map(([name, value]) => {
    return `${name.padEnd(14)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  });
  console.log(lines.join('\n'));
}

describe('each client receives each event once and in order', () => {
  it('for 100,000 events with 1,000 upstream disconnects', { timeout: 2_400_000 }, async () => {
    const seed = printSeed();
    const report = await cutRun({ events: 100_000, cuts: 1_000, silences: 5, clients: 20, seed });

    print(report);
    expect(report).toMatchObject(exactlyOnce);
    expect(report.cuts).toBeGreaterThanOrEqual(1_000);
    // Every fault must have happened at least once.
    expect(Object.entries(report.faults).filter(([, count]) => count === 0)).toEqual([]);
  });

  it('while the gateway is killed every few seconds for two minutes', { timeout: 600_000 }, async () => {
    const seed = printSeed();
    const report = await killRun({ kills: 30, fromMs: 2_000, toMs: 4_000, clients: 20, seed });

    print(report);
    expect(report).toMatchObject(exactlyOnce);
  });

  it('when 1,000 clients resume at once on a gateway that has just started', async () => {
    const seed = printSeed();
    const report = await coldResumeRun({ clients: 1_000, journals: 20, seed });

    print(report);
    expect(report).toMatchObject(exactlyOnce);
    expect(report.mostStreams).toBeLessThanOrEqual(5);
  });

  it('on 50 WebSockets and 50 event streams, two of each paused', async () => {
    const report = await pausedRun({ clients: 100, paused: 4, events: 60_000, pingSeconds: 12 });

    print(report);
    expect(report).toMatchObject(exactlyOnce);
    // Each paused client received an error or was disconnected.
    expect(report.pausedEnds.filter((ends) => Object.keys(ends).length === 0)).toEqual([]);
    const [, atHalf = 0, , atEnd = Infinity] = report.memoryMiB;
    expect(atEnd - atHalf).toBeLessThan(64);
  });
});
