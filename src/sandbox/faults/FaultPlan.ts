import type { Operation } from '../http/matchOperation.ts';
import { seededRandom } from '../seededRandom.ts';
import { type Effect, type Fault, isStreamEffect } from './Fault.ts';

interface Armed {
  fault: Fault;
  seen: number;
  fired: number;
}

const streams: ReadonlySet<Operation> = new Set<Operation>(['eventsV1', 'eventsV2']);

/** The faults that are switched on. From one seed and one order of requests come the same faults again. */
export class FaultPlan {
  #armed: Armed[] = [];
  #disorder: Armed[] = [];
  #random = seededRandom(0);

  /** Replaces all faults; the draws begin anew. */
  replace(faults: readonly Fault[], seed: number): void {
    const armed = faults.map((fault) => ({ fault, seen: 0, fired: 0 }));
    this.#armed = armed.filter(({ fault }) => fault.effect.kind !== 'disorderedIds');
    this.#disorder = armed.filter(({ fault }) => fault.effect.kind === 'disorderedIds');
    this.#random = seededRandom(seed);
  }

  /** What happens to this request, in the order of the list. */
  draw(operation: Operation): Effect[] {
    return this.#armed.filter((armed) => this.#concerns(armed, operation) && this.#fires(armed)).map(effectOf);
  }

  /** Whether the next event's id is out of order. */
  drawDisorder(): boolean {
    return this.#disorder.some((armed) => this.#fires(armed));
  }

  /** A number in [0, 1) for the length of a delay. */
  random(): number {
    return this.#random();
  }

  /** The faults as they were given, each with how often it happened. */
  describe(): object[] {
    return [...this.#armed, ...this.#disorder].map(({ fault, seen, fired }) => ({
      ...fault.effect,
      ...fault.scope,
      seen,
      fired,
    }));
  }

  #concerns({ fault }: Armed, operation: Operation): boolean {
    if (isStreamEffect(fault.effect) && !streams.has(operation)) return false;
    return fault.scope.operations?.includes(operation) ?? true;
  }

  #fires(armed: Armed): boolean {
    const { count, probability, skip } = armed.fault.scope;
    armed.seen += 1;
    if (armed.seen <= skip || armed.fired >= (count ?? Infinity)) return false;
    // A certain fault draws nothing, so that it leaves the others' draws as they are.
    if (probability < 1 && this.#random() >= probability) return false;
    armed.fired += 1;
    return true;
  }
}

function effectOf({ fault }: Armed): Effect {
  return fault.effect;
}
