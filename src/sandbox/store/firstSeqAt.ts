import type { Micros } from '../domain/instant.ts';

/**
 * The first sequence number, of 1 to `last`, whose instant is not before `at`; `last + 1` when there is none.
 *
 * @param timeOf the instant of a sequence number; never falls as the numbers rise
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
