import type { HubOffset } from './eventPosition.ts';

/** Events of a window whose offsets follow each other. */
interface Run {
  hub: string;
  /** The number in the window of its first event. */
  readonly from: number;
  /** The offset before its first event. */
  readonly published: number;
}

/** A log and the one that continues it: their first entries are the same. */
export interface Succession {
  readonly prior: string;
  readonly hub: string;
  /** Entries that both have. */
  readonly count: number;
}

/**
 * Which offsets the numbers of a window stand for. A gateway that runs alone has one run, of its own. One that shares a
 * log has the log's, and its own while the log is out of reach.
 */
export class OffsetRuns {
  readonly #own: string;
  #runs: Run[];
  #succession: Succession | null = null;

  /** @param own identifies the hub */
  constructor(own: string) {
    this.#own = own;
    this.#runs = [{ hub: own, from: 0, published: 0 }];
  }

  /** The offset of a reader that has everything before the number. */
  at(number: number): HubOffset {
    const run = this.#runs.findLast(({ from }) => from <= number) ?? this.#current;
    return { hub: run.hub, published: run.published + number - run.from };
  }

  /** The next event, with this number, follows this offset. */
  continueFrom({ hub, published }: HubOffset, number: number): void {
    const next = this.at(number);
    if (next.hub === hub && next.published === published) return;
    this.#runs = [...this.#runs.filter(({ from }) => from < number), { hub, from: number, published }];
  }

  /** The next event, with this number, has an offset that only this hub knows. */
  continueAlone(number: number): void {
    this.continueFrom({ hub: this.#own, published: number }, number);
  }

  /** Offsets of the prior log that both logs have stand for the same events from now on. */
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

  /** Whether everything up to the offset was published. @param end the number of the next event */
  knows(offset: HubOffset, end: number): boolean {
    const { hub, published } = this.#present(offset);
    return this.#runs.some((run, index) => run.hub === hub && published <= this.#lastOf(run, index, end));
  }

  /** The number of the event after the offset, which may be yet to come; null when no run contains it. */
  numberAfter(offset: HubOffset, end: number): number | null {
    const { hub, published } = this.#present(offset);
    const run = this.#runs.find(
      (run, index) => run.hub === hub && published >= run.published && published <= this.#lastOf(run, index, end),
    );
    return run ? run.from + published - run.published : null;
  }

  /** What a log contains between two offsets of it; null if they are not both of the current log. */
  span(after: HubOffset, upTo: HubOffset): { from: number; to: number } | null {
    const [first, last] = [this.#present(after), this.#present(upTo)];
    const isShared = first.hub === last.hub && last.hub !== this.#own && last.hub === this.#current.hub;
    return isShared ? { from: first.published + 1, to: last.published } : null;
  }

  /** Forgets runs of which the window has nothing. */
  drop(start: number): void {
    this.#runs = this.#runs.filter((_run, index) => (this.#runs[index + 1]?.from ?? Infinity) > start);
  }

  get #current(): Run {
    return this.#runs.at(-1) ?? this.#alone(0);
  }

  #alone(from: number): Run {
    return { hub: this.#own, from, published: from };
  }

  #present(offset: HubOffset): HubOffset {
    const { prior, hub, count } = this.#succession ?? {};
    return hub !== undefined && offset.hub === prior && offset.published <= (count ?? 0) ? { ...offset, hub } : offset;
  }

  /** Other gateways may have read further in the log that is being read. */
  #lastOf(run: Run, index: number, end: number): number {
    const next = this.#runs[index + 1];
    if (!next && run.hub !== this.#own) return Infinity;
    return run.published + (next?.from ?? end) - run.from;
  }
}
