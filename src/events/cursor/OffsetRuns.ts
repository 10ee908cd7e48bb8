import type { HubOffset } from './eventPosition.ts';

/** Consecutive events of a window that also have consecutive offsets. */
interface Run {
  /** Id of the hub or shared log to which the offsets belong. */
  hub: string;
  /** The number that the first event of the run has in the window. */
  readonly from: number;
  /** The offset before the first event of the run. */
  readonly published: number;
}

/** A log (`hub`) that replaces another one (`prior`). Their first `count` entries are the same. */
export interface Succession {
  readonly prior: string;
  readonly hub: string;
  /** How many entries both logs have. */
  readonly count: number;
}

/**
 * Maps the numbers of a window to offsets, in runs. A gateway that runs alone has a single run with its own offsets. A
 * gateway that shares a log has runs with the offsets of the log, and runs of its own from times without the log.
 */
export class OffsetRuns {
  readonly #own: string;
  #runs: Run[];
  #succession: Succession | null = null;

  /** @param own id of this gateway's hub */
  constructor(own: string) {
    this.#own = own;
    this.#runs = [{ hub: own, from: 0, published: 0 }];
  }

  /** The offset of a reader that has received every event before this number. */
  at(number: number): HubOffset {
    const run = this.#runs.findLast(({ from }) => from <= number) ?? this.#current;
    return { hub: run.hub, published: run.published + number - run.from };
  }

  /** From now on, events get the offsets after this one. @param number the number of the next event in the window */
  continueFrom({ hub, published }: HubOffset, number: number): void {
    const next = this.at(number);
    if (next.hub === hub && next.published === published) return;
    this.#runs = [...this.#runs.filter(({ from }) => from < number), { hub, from: number, published }];
  }

  /**
   * From now on, events get offsets that only this hub knows. @param number the number of the next event in the window
   */
  continueAlone(number: number): void {
    this.continueFrom({ hub: this.#own, published: number }, number);
  }

  /**
   * From now on, an offset of the prior log means the same offset of the new log, as far as their entries are the same.
   */
  succeed(succession: Succession): void {
    this.#succession = succession;
    const { prior, hub, count } = succession;
    this.#runs = this.#runs.flatMap((run, index) => {
      if (run.hub !== prior || run.published > count) return run.hub === prior ? [this.#alone(run.from)] : [run];
      const lastShared = run.from + count - run.published;
      const isCut = lastShared < (this.#runs[index + 1]?.from ?? Infinity);
      return [{ ...run, hub }, ...(isCut ? [this.#alone(lastShared)] : [])];
    });
  }

  /** Whether the hub has published every event up to the offset. @param end the number of the next event */
  knows(offset: HubOffset, end: number): boolean {
    const { hub, published } = this.#present(offset);
    return this.#runs.some((run, index) => run.hub === hub && published <= this.#lastOf(run, index, end));
  }

  /** The number of the event after the offset; the event may not be published yet. Null when no run has the offset. */
  numberAfter(offset: HubOffset, end: number): number | null {
    const { hub, published } = this.#present(offset);
    const run = this.#runs.find(
      (run, index) => run.hub === hub && published >= run.published && published <= this.#lastOf(run, index, end),
    );
    return run ? run.from + published - run.published : null;
  }

  /** The first and last entry of the current log between two offsets. Null unless both offsets are of this log. */
  span(after: HubOffset, upTo: HubOffset): { from: number; to: number } | null {
    const [first, last] = [this.#present(after), this.#present(upTo)];
    const isShared = first.hub === last.hub && last.hub !== this.#own && last.hub === this.#current.hub;
    return isShared ? { from: first.published + 1, to: last.published } : null;
  }

  /** Drops runs with no event in the window. @param start the number of the first event in the window */
  drop(start: number): void {
    this.#runs = this.#runs.filter((_run, index) => (this.#runs[index + 1]?.from ?? Infinity) > start);
  }

  get #current(): Run {
    return this.#runs.at(-1) ?? this.#alone(0);
  }

  #alone(from: number): Run {
    return { hub: this.#own, from, published: from };
  }

  /**
   * Translates an offset of the prior log to the current log if both have that entry; returns other offsets unchanged.
   */
  #present(offset: HubOffset): HubOffset {
    const { prior, hub, count } = this.#succession ?? {};
    return hub !== undefined && offset.hub === prior && offset.published <= (count ?? 0) ? { ...offset, hub } : offset;
  }

  /** The last offset of a run. Infinite in the current log, since other gateways may have read further in it. */
  #lastOf(run: Run, index: number, end: number): number {
    const next = this.#runs[index + 1];
    if (!next && run.hub !== this.#own) return Infinity;
    return run.published + (next?.from ?? end) - run.from;
  }
}
