import type { Operation } from '../api/matchOperation.ts';
import { seededRandom } from '../values/seededRandom.ts';
import {
  type Delay,
  type Effect,
  type Fault,
  type FaultEffect,
  type RequestEffect,
  type StreamEffect,
  canAffect,
  isBodyEffect,
  isStreamEffect,
} from './Fault.ts';
import { longestTimerMs } from '../values/instant.ts';

interface Armed {
  fault: Fault;
  seen: number;
  fired: number;
  /** Each fault has its own generator, so its draws don't depend on other requests or events. */
  random: () => number;
}

/** The active faults. The same seed and order of requests reproduce the same faults. */
export class FaultPlan {
  #armed: Armed[] = [];

  /** Replaces all faults and restarts their draws. */
  replace(faults: readonly Fault[], seed: number): void {
    this.#armed = faults.map((fault, index) => ({ fault, seen: 0, fired: 0, random: randomFor(seed, index) }));
  }

  /** Draws the effects for a request, in the order of the list. Effects that can't change anything aren't drawn. */
  draw(operation: Operation): RequestEffect[] {
    const drawn: RequestEffect[] = [];
    for (const armed of this.#armed) {
      const { effect } = armed.fault;
      if (effect.kind === 'disorderedIds' || isStreamEffect(effect)) continue;
      if (!isInScope(armed, operation) || isIneffective(effect, drawn) || !fires(armed)) continue;
      drawn.push(effect.kind === 'latency' ? { ...effect, ms: drawLength(effect.delay, armed.random) } : effect);
    }
    return drawn;
  }

  /** Draws the effects for a stream. Called when it opens. */
  drawStream(operation: Operation): StreamEffect[] {
    const drawn: StreamEffect[] = [];
    for (const armed of this.#armed) {
      const { effect } = armed.fault;
      if (isStreamEffect<FaultEffect | Effect>(effect) && isInScope(armed, operation) && fires(armed))
        drawn.push(effect);
    }
    return drawn;
  }

  /** Draws whether the next event's id is out of order. */
  drawDisorder(): boolean {
    const disorder = this.#armed.filter(({ fault }) => fault.effect.kind === 'disorderedIds');
    return disorder.filter(fires).length > 0;
  }

  /** The faults as given, each with how often it was seen and fired. */
  describe(): object[] {
    return this.#armed.map(({ fault, seen, fired }) => ({ ...fault.effect, ...fault.scope, seen, fired }));
  }
}

function isInScope({ fault }: Armed, operation: Operation): boolean {
  return canAffect(fault.effect, operation) && (fault.scope.operations?.includes(operation) ?? true);
}

/** Whether an effect can't change anything, given what was already drawn for the request. */
function isIneffective(effect: FaultEffect, drawn: readonly RequestEffect[]): boolean {
  if (drawn.some(endsRequest)) return true;
  if (isBodyEffect(effect)) return drawn.some(isBodyEffect);
  return effect.kind === 'answer' && effect.when === 'after' && drawn.some(({ kind }) => kind === 'answer');
}

/** Whether effects after this one can't happen. */
function endsRequest(effect: RequestEffect): boolean {
  if (effect.kind === 'answer') return effect.when === 'before';
  return effect.kind === 'reset' || effect.kind === 'answerLost' || effect.kind === 'rateLimited';
}

function fires(armed: Armed): boolean {
  const { count, probability, skip } = armed.fault.scope;
  armed.seen += 1;
  if (armed.seen <= skip || armed.fired >= (count ?? Infinity)) return false;
  if (probability < 1 && armed.random() >= probability) return false;
  armed.fired += 1;
  return true;
}

/** A step of 2^32 divided by the golden ratio keeps one seed's faults apart from those of the next seeds. */
function randomFor(seed: number, index: number): () => number {
  return seededRandom(seed + Math.imul(index, 0x9e3779b9));
}

function drawLength(delay: Delay, random: () => number): number {
  if ('ms' in delay) return delay.ms;
  if ('meanMs' in delay) return Math.min(-Math.log(1 - random()) * delay.meanMs, longestTimerMs);
  return delay.minMs + random() * (delay.maxMs - delay.minMs);
}
