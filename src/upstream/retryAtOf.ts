import type { Instant } from '../domain/instant.ts';

import type { WireAnswer } from './exchange.ts';

/**
 * When a 429 says that calls are welcome again: `X-RateLimit-Reset` (unix seconds) or `Retry-After`
 * (seconds or an HTTP date), the later of the two; null when neither is there or readable.
 */
export function retryAtOf(answer: WireAnswer, now = Date.now()): Instant | null {
  const reset = Number(answer.headers['x-ratelimit-reset'] || NaN) * 1_000;
  const after = answer.headers['retry-after'];
  const wait = after === undefined ? NaN : /^\d+$/.test(after) ? now + Number(after) * 1_000 : Date.parse(after);
  const times = [reset, wait].filter((time) => Number.isFinite(time) && Math.abs(time) <= maxTime);
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}

const maxTime = 8.64e15; // what `Date` can hold, ms
