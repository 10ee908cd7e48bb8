import type { Operation } from '../api/matchOperation.ts';

/** Which requests a fault applies to. */
export interface FaultScope {
  /** Default: every operation. */
  operations?: readonly Operation[];
  /** Probability per request or stream, for `disorderedIds` per event. */
  probability: number;
  /** How often the fault fires at most. Default: no limit. */
  count?: number;
  /** How many requests in scope pass first. */
  skip: number;
}

/** Milliseconds: fixed, uniform between two bounds, or exponential with a mean. */
export type Delay = { ms: number } | { minMs: number; maxMs: number } | { meanMs: number };

/** Changes how the body of an answer is sent. */
export type BodyEffect =
  /** Sends half of the body, then closes the connection. */
  | { kind: 'truncated' }
  /** A complete answer with a body that isn't JSON. */
  | { kind: 'malformed' }
  /** Sends the body in pieces, over this time. */
  | { kind: 'slowBody'; ms: number };

export type RequestEffect =
  | BodyEffect
  | { kind: 'latency'; when: 'before' | 'after'; ms: number }
  /** The connection is reset before anything is processed. */
  | { kind: 'reset' }
  /** The request is processed and committed, then the connection is reset. */
  | { kind: 'answerLost' }
  /** Replaces the answer, either instead of processing or `after` the commit. */
  | {
      kind: 'answer';
      when: 'before' | 'after';
      status: number;
      body?: string;
      contentType?: string;
      headers?: Readonly<Record<string, string>>;
    }
  /** 429 for this and every request until the reset. `retryAfter` adds that header. */
  | { kind: 'rateLimited'; resetMs: number; retryAfter: boolean };

/** Applies to an open stream after a number of its events. */
export type StreamEffect =
  | { kind: 'cut'; after: number }
  | { kind: 'silence'; after: number }
  | { kind: 'dropped'; after: number; messages: number }
  | { kind: 'internalError'; after: number }
  /** First sends this many events from before the requested range, as after a reconnect. */
  | { kind: 'duplicates'; messages: number };

export type Effect = RequestEffect | StreamEffect;

/** What a fault does when it fires. A latency's length is drawn at that time. */
export type FaultEffect =
  | Exclude<Effect, { kind: 'latency' }>
  | { kind: 'latency'; when: 'before' | 'after'; delay: Delay }
  | { kind: 'disorderedIds' };

export interface Fault {
  scope: FaultScope;
  effect: FaultEffect;
}

const bodyKinds: ReadonlySet<string> = new Set(['truncated', 'malformed', 'slowBody']);
const streamKinds: ReadonlySet<string> = new Set(['cut', 'silence', 'dropped', 'internalError', 'duplicates']);
const eventOperations: ReadonlySet<Operation> = new Set<Operation>(['eventsV1', 'eventsV2']);

export function isBodyEffect<Some extends { kind: string }>(effect: Some): effect is Some & BodyEffect {
  return bodyKinds.has(effect.kind);
}

export function isStreamEffect<Some extends { kind: string }>(effect: Some): effect is Some & StreamEffect {
  return streamKinds.has(effect.kind);
}

/** Whether an effect can apply to an operation. A stream, for example, has no answer that can be lost or truncated. */
export function canAffect(effect: FaultEffect, operation: Operation): boolean {
  if (effect.kind === 'disorderedIds') return false;
  if (!eventOperations.has(operation)) return !isStreamEffect(effect);
  return isStreamEffect(effect) || !affectsAnswer(effect);
}

function affectsAnswer(effect: FaultEffect): boolean {
  if (effect.kind === 'latency' || effect.kind === 'answer') return effect.when === 'after';
  return effect.kind === 'answerLost' || isBodyEffect(effect);
}
