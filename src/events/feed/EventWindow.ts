import { stampOf } from '../cursor/eventStamp.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';

export interface EventWindowOptions {
  /** Events kept, at most. Default 10,000. */
  max?: number | undefined;
  /** For how long they are kept, in ms; the last one stays. Default 15 minutes. */
  maxAgeMs?: number | undefined;
}

interface Kept {
  positioned: PositionedEvent;
  arrivedMs: number;
}

/** The last events in the order in which they came, each under a number: who stands at a number can read on from it. */
export class EventWindow {
  readonly #max: number;
  readonly #maxAgeMs: number;
  #kept: Kept[] = [];
  /** How many came before the first that is kept. */
  #forgotten = 0;
  #lastForgotten: PositionedEvent | null = null;

  constructor({ max = 10_000, maxAgeMs = 900_000 }: EventWindowOptions = {}) {
    this.#max = max;
    this.#maxAgeMs = maxAgeMs;
  }

  /** The number of the first event that is kept, or `end` when none is. */
  get start(): number {
    return this.#forgotten;
  }

  /** The number that the next event gets. */
  get end(): number {
    return this.#forgotten + this.#kept.length;
  }

  get last(): PositionedEvent | null {
    return this.#kept.at(-1)?.positioned ?? null;
  }

  /** The last one that is kept no more; null while all that ever came is there. */
  get lastForgotten(): PositionedEvent | null {
    return this.#lastForgotten;
  }

  push(positioned: PositionedEvent): void {
    const now = performance.now();
    this.#kept.push({ positioned, arrivedMs: now });
    const oldestMs = this.#kept[0]?.arrivedMs ?? now;
    // In steps, so that an event doesn't cost a copy of the window.
    if (this.#kept.length > this.#max * 1.25 || now - oldestMs > this.#maxAgeMs * 1.25) this.forgetOld();
  }

  /** The event of this number; undefined when it is not kept any more or has not come yet. */
  at(number: number): PositionedEvent | undefined {
    return this.#kept[number - this.#forgotten]?.positioned;
  }

  /** The number of the kept event that has this name; -1 when there is none. */
  numberOf(token: string | undefined): number {
    const index = this.#kept.findLastIndex(({ positioned }) => stampOf(positioned.event).token === token);
    return index === -1 ? -1 : this.#forgotten + index;
  }

  /** The last few that came. */
  latest(count: number): PositionedEvent[] {
    return this.#kept.slice(-count).map(({ positioned }) => positioned);
  }

  /** Lets go what is too much or too old, but for the last one: it says where the feed stands. */
  forgetOld(): void {
    const oldest = performance.now() - this.#maxAgeMs;
    const firstYoung = this.#kept.findIndex(({ arrivedMs }) => arrivedMs >= oldest);
    const tooOld = firstYoung === -1 ? this.#kept.length - 1 : firstYoung;
    const count = Math.max(tooOld, this.#kept.length - this.#max, 0);
    if (count === 0) return;
    this.#lastForgotten = this.#kept[count - 1]?.positioned ?? null;
    this.#kept = this.#kept.slice(count);
    this.#forgotten += count;
  }
}
