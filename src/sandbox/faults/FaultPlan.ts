import type { Operation } from '../domain/matchOperation.ts';
import { seededRandom } from '../domain/seededRandom.ts';
import {
  type Delay,
  type Effect,
  type Fault,
  type FaultEffect,
  type RequestEffect,
  type StreamEffect,
  canBefall,
  isStreamEffect,
} from './Fault.ts';
import { isOutdone } from './isOutdone.ts';
import { longestWaitMs } from './readFields.ts';

interface Armed {
  fault: Fault;
  seen: number;
  fired: number;
  /** Its own: what befalls other requests, or the events, leaves its draws as they are. */
  random: () => number;
}

/** The faults that are switched on. From one seed and one order of requests come the same faults again. */
export class FaultPlan {
  #armed: Armed[] = [];

  /** Replaces all faults; the draws begin anew. */
  replace(faults: readonly Fault[], seed: number): void {
    this.#armed = faults.map((fault, index) => ({ fault, seen: 0, fired: 0, random: randomOf(seed, index) }));
  }

  /** What happens to this request, in the order of the list; what could do nothing any more isn't drawn. */
  draw(operation: Operation): RequestEffect[] {
    const drawn: RequestEffect[] = [];
    for (const armed of this.#armed) {
      const { effect } = armed.fault;
      if (effect.kind === 'disorderedIds' || isStreamEffect(effect)) continue;
      if (!concerns(armed, operation) || isOutdone(effect, drawn) || !fires(armed)) continue;
      drawn.push(effect.kind === 'latency' ? { ...effect, ms: lengthOf(effect.delay, armed.random) } : effect);
    }
    return drawn;
  }

  /** What happens to this stream, drawn once it opens. */
  drawStream(operation: Operation): StreamEffect[] {
    const drawn: StreamEffect[] = [];
    for (const armed of this.#armed) {
      const { effect } = armed.fault;
      if (isStreamEffect<FaultEffect | Effect>(effect) && concerns(armed, operation) && fires(armed))
        drawn.push(effect);
    }
    return drawn;
  }

  /** Whether the next event's id is out of order. */
  drawDisorder(): boolean {
    const disorder = this.#armed.filter(({ fault }) => fault.effect.kind === 'disorderedIds');
    return disorder.filter(fires).length > 0;
  }

  /** The faults as they were given, each with how often it happened. */
  describe(): object[] {
    return this.#armed.map(({ fault, seen, fired }) => ({ ...fault.effect, ...fault.scope, seen, fired }));
  }
}

function concerns({ fault }: Armed, operation: Operation): boolean {
  return canBefall(fault.effect, operation) && (fault.scope.operations?.includes(operation) ?? true);
}

function fires(armed: Armed): boolean {
  const { count, probability, skip } = armed.fault.scope;
  armed.seen += 1;
  if (armed.seen <= skip || armed.fired >= (count ?? Infinity)) return false;
  if (probability < 1 && armed.random() >= probability) return false;
  armed.fired += 1;
  return true;
}

/** Neighbouring seeds must not be neighbouring faults of one seed: the step is the golden ratio of 2^32. */
function randomOf(seed: number, index: number): () => number {
  return seededRandom(seed + Math.imul(index, 0x9e3779b9));
}

function lengthOf(delay: Delay, random: () => number): number {
  if ('ms' in delay) return delay.ms;
  if ('meanMs' in delay) return Math.min(-Math.log(1 - random()) * delay.meanMs, longestWaitMs);
  return delay.minMs + random() * (delay.maxMs - delay.minMs);
}
