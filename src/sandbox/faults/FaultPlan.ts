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
  /** Number of requests, streams or events that were in the fault's scope. */
  seen: number;
  fired: number;
  /** Each fault has its own generator, so requests and events outside its scope don't affect its random numbers. */
  random: () => number;
}

/**
 * Holds the active faults and decides at random which of them fire for a request, a stream or an event. The same seed
 * and the same order of requests reproduce the same faults.
 */
export class FaultPlan {
  #armed: Armed[] = [];

  /** Replaces all faults. Their counters start at 0 and their random numbers at the beginning. */
  replace(faults: readonly Fault[], seed: number): void {
    this.#armed = faults.map((fault, index) => ({ fault, seen: 0, fired: 0, random: randomFor(seed, index) }));
  }

  /**
   * Returns the effects of the faults that fire for a request, in the order of the fault list. A fault whose effect
   * would change nothing because of the effects before it doesn't fire and isn't counted as seen.
   */
  draw(operation: Operation): RequestEffect[] {
    const drawn: RequestEffect[] = [];
    for (const armed of this.#armed) {
      const { effect } = armed.fault;
      if (effect.kind === 'disorderedIds' || isStreamEffect(effect)) continue;
      if (!isInScope(armed, operation) || isIneffective(effect, drawn) || !fires(armed)) continue;
      drawn.push(effect.kind === 'latency' ? { ...effect, ms: drawDelayMs(effect.delay, armed.random) } : effect);
    }
    return drawn;
  }

  /** Returns the effects of the faults that fire for an event stream. Called when the stream opens. */
  drawStream(operation: Operation): StreamEffect[] {
    const drawn: StreamEffect[] = [];
    for (const armed of this.#armed) {
      const { effect } = armed.fault;
      if (isStreamEffect<FaultEffect | Effect>(effect) && isInScope(armed, operation) && fires(armed))
        drawn.push(effect);
    }
    return drawn;
  }

  /** Whether a `disorderedIds` fault fires for the next event, so that its id may be out of order. */
  drawDisorderedId(): boolean {
    const disorderedIds = this.#armed.filter(({ fault }) => fault.effect.kind === 'disorderedIds');
    return disorderedIds.filter(fires).length > 0;
  }

  /** Returns the fields of each fault, with the number of times that it was seen and that it fired. */
  describe(): object[] {
    return this.#armed.map(({ fault, seen, fired }) => ({ ...fault.effect, ...fault.scope, seen, fired }));
  }
}

function isInScope({ fault }: Armed, operation: Operation): boolean {
  return canAffect(fault.effect, operation) && (fault.scope.operations?.includes(operation) ?? true);
}

/** Whether an effect would change nothing, given the effects already drawn for the request. */
function isIneffective(effect: FaultEffect, drawn: readonly RequestEffect[]): boolean {
  if (drawn.some(endsRequest)) return true;
  if (isBodyEffect(effect)) return drawn.some(isBodyEffect);
  return effect.kind === 'answer' && effect.when === 'after' && drawn.some(({ kind }) => kind === 'answer');
}

/** Whether an effect ends the request, so that later effects can't apply. */
function endsRequest(effect: RequestEffect): boolean {
  if (effect.kind === 'answer') return effect.when === 'before';
  return effect.kind === 'reset' || effect.kind === 'answerLost' || effect.kind === 'rateLimited';
}

/** Counts a request, stream or event in the fault's scope, and decides whether the fault fires for it. */
function fires(armed: Armed): boolean {
  const { count, probability, skip } = armed.fault.scope;
  armed.seen += 1;
  if (armed.seen <= skip || armed.fired >= (count ?? Infinity)) return false;
  if (probability < 1 && armed.random() >= probability) return false;
  armed.fired += 1;
  return true;
}

/**
 * The step is 2^32 divided by the golden ratio. With a step of 1, the second fault of one seed would have the same
 * random numbers as the first fault of the next seed.
 */
function randomFor(seed: number, index: number): () => number {
  return seededRandom(seed + Math.imul(index, 0x9e3779b9));
}

function drawDelayMs(delay: Delay, random: () => number): number {
  if ('ms' in delay) return delay.ms;
  if ('meanMs' in delay) return Math.min(-Math.log(1 - random()) * delay.meanMs, longestTimerMs);
  return delay.minMs + random() * (delay.maxMs - delay.minMs);
}
