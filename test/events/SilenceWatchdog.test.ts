import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SilenceWatchdog } from '../../src/events/feed/SilenceWatchdog.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** Returns how long a stream may stay silent, in ms, after it has sent `messages` messages at this interval. */
function limitAfter(pauseMs: number, messages: number): number {
  let firedMs = NaN;
  const watchdog = new SilenceWatchdog(() => (firedMs = performance.now()));
  for (let sent = 0; sent < messages; sent += 1) {
    vi.advanceTimersByTime(pauseMs);
    watchdog.noteActivity();
  }
  const lastMs = performance.now();
  vi.advanceTimersByTime(600_000);
  watchdog.stop();
  return firedMs - lastMs;
}

describe('a silent stream', () => {
  it.each([
    ['one minute if it has never sent anything', 0, 0, 60_000],
    ['one minute if a burst has not revealed its heartbeat interval', 10, 100, 60_000],
    ['three times its longest pause', 15_000, 4, 45_000],
    ['no less than ten seconds', 1_500, 40, 10_000],
    ['no more than two minutes', 55_000, 4, 120_000],
  ])('is considered dead after %s', (_duration, pauseMs, messages, limitMs) => {
    expect(limitAfter(pauseMs, messages)).toBe(limitMs);
  });
});
