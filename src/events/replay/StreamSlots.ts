import { Deferred } from '../../concurrency/Deferred.ts';
import { waitFor } from '../../concurrency/waitFor.ts';

/**
 * Limits the number of upstream streams besides the feed. Waiters get slots in the order of arrival, urgent ones first.
 */
export class StreamSlots {
  readonly #waiting: Deferred[] = [];
  readonly #max: number;
  #taken = 0;

  /** @param max how many streams may be open at once */
  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Waits for a slot. @returns whether one was taken, and must be released; false if the signal was aborted first */
  async take(signal: AbortSignal, isUrgent: boolean): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#taken < this.#max) {
      this.#taken += 1;
      return true;
    }
    const turn = new Deferred();
    if (isUrgent) this.#waiting.unshift(turn);
    else this.#waiting.push(turn);
    if (await waitFor(turn.promise, { signal })) return true;
    const index = this.#waiting.indexOf(turn);
    // The slot was passed to the waiter just before the signal was aborted.
    if (index === -1) this.release();
    else this.#waiting.splice(index, 1);
    return false;
  }

  /** Passes the slot to the next waiter, if there is one. */
  release(): void {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#taken -= 1;
  }
}
