import { Deferred } from '../../concurrency/Deferred.ts';
import { releaseOnce } from '../../concurrency/releaseOnce.ts';
import { waitFor } from '../../concurrency/waitFor.ts';

export interface Slots {
  /** How many slots are held. */
  readonly taken: number;
  /**
   * @param signal ends the wait
   * @param isUrgent whether this waiter gets a slot before all others
   * @returns a function that releases the slot; null when the signal was aborted first
   */
  take(signal: AbortSignal, isUrgent?: boolean): Promise<(() => void) | null>;
}

/**
 * Limits the upstream streams besides the feed. Waiters get slots in the order of arrival, urgent ones first. p-queue
 * does not fit: it runs functions, but a slot is held by a stream, and a waiter that leaves must free its place at
 * once.
 */
export class StreamSlots implements Slots {
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

  async take(signal: AbortSignal, isUrgent = false): Promise<(() => void) | null> {
    if (signal.aborted) return null;
    if (this.#taken < this.#max) this.#taken += 1;
    else if (!(await this.#wait(signal, isUrgent))) return null;
    return releaseOnce(() => this.#release());
  }

  /** Passes the slot to the next waiter, if there is one. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#taken -= 1;
  }

  async #wait(signal: AbortSignal, isUrgent: boolean): Promise<boolean> {
    const turn = new Deferred();
    if (isUrgent) this.#waiting.unshift(turn);
    else this.#waiting.push(turn);
    if (await waitFor(turn.promise, { signal })) return true;
    const index = this.#waiting.indexOf(turn);
    // The waiter was passed a slot while it left.
    if (index === -1) this.#release();
    else this.#waiting.splice(index, 1);
    return false;
  }
}
