import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SilenceWatchdog } from '../../src/events/feed/SilenceWatchdog.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** After how long a silence a stream counts as dead, in ms, that has spoken so often at such an interval. */
function limitAfter(pauseMs: number, words: number): number {
  let firedMs = NaN;
  const watchdog = new SilenceWatchdog(() => (firedMs = performance.now()));
  for (let word = 0; word < words; word += 1) {
    vi.advanceTimersByTime(pauseMs);
    watchdog.noteActivity();
  }
  const lastMs = performance.now();
  vi.advanceTimersByTime(600_000);
  watchdog.stop();
  return firedMs - lastMs;
}

describe('a stream that falls silent', () => {
  it.each([
    ['a minute, when it has said nothing', 0, 0, 60_000],
    ['a minute, when a burst says nothing of its heartbeats', 10, 100, 60_000],
    ['three times its longest pause', 15_000, 4, 45_000],
    ['ten seconds at least', 1_500, 40, 10_000],
    ['two minutes at most', 55_000, 4, 120_000],
  ])('is dead after %s', (_what, pauseMs, words, limitMs) => {
    expect(limitAfter(pauseMs, words)).toBe(limitMs);
  });
});
