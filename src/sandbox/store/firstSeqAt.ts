import type { Micros } from '../values/instant.ts';

/**
 * Returns the first sequence number from 1 to `last` whose time is at or after `at`, or `last + 1` if there is none.
 *
 * @param timeOf returns the time of a sequence number; later numbers never have earlier times
 */
export function firstSeqAt(at: Micros, last: number, timeOf: (seq: number) => Micros): number {
  let [low, high] = [1, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (timeOf(middle) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
