import type { Operation } from '../api/matchOperation.ts';

/** Which requests, streams or events a fault applies to, and how often it fires. */
export interface FaultScope {
  /** Default: every operation that the effect can apply to. */
  operations?: readonly Operation[];
  /** From 0 to 1: per request; per stream for a `StreamEffect`; per event for `disorderedIds`. */
  probability: number;
  /** Maximum number of times that the fault fires. Default: no limit. */
  count?: number;
  /** Number of requests, streams or events in scope that pass before the fault can fire. */
  skip: number;
}

/** Milliseconds: fixed, uniform between two bounds, or exponential with a mean. */
export type Delay = { ms: number } | { minMs: number; maxMs: number } | { meanMs: number };

/** Changes the body of a response, or how it is sent. */
export type BodyEffect =
  /** Sends half of the body, then closes the connection. */
  | { kind: 'truncated' }
  /** Sends a complete response whose body isn't JSON. */
  | { kind: 'malformed' }
  /** Sends the body in pieces, over `ms` milliseconds. */
  | { kind: 'slowBody'; ms: number };

export type RequestEffect =
  | BodyEffect
  /** Delays the processing of the request (`before`), or the response after the commit (`after`). */
  | { kind: 'latency'; when: 'before' | 'after'; ms: number }
  /** Resets the connection without processing the request. */
  | { kind: 'reset' }
  /** Processes and commits the request, then resets the connection without a response. */
  | { kind: 'answerLost' }
  /** Sends this response instead of processing the request (`before`), or after the commit (`after`). */
  | {
      kind: 'answer';
      when: 'before' | 'after';
      status: number;
      body?: string;
      contentType?: string;
      headers?: Readonly<Record<string, string>>;
    }
  /** Refuses this and every request in the next `resetMs` with 429. `retryAfter` adds a `Retry-After` header. */
  | { kind: 'rateLimited'; resetMs: number; retryAfter: boolean };

/** Applies to an event stream, once it has delivered `after` events. */
export type StreamEffect =
  /** Closes the connection without ending the HTTP message. */
  | { kind: 'cut'; after: number }
  /** Sends nothing more, heartbeats included, but keeps the connection open. */
  | { kind: 'silence'; after: number }
  /** Drops the next events, then reports their number in a comment. */
  | { kind: 'dropped'; after: number; messages: number }
  /** Reports an internal error in a comment, then ends the stream. */
  | { kind: 'internalError'; after: number }
  /** When the stream opens, sends this many events from before the requested range first. */
  | { kind: 'duplicates'; messages: number };

export type Effect = RequestEffect | StreamEffect;

/** What a fault does when it fires. Only then is a `latency` given its length in milliseconds. */
export type FaultEffect =
  | Exclude<Effect, { kind: 'latency' }>
  | { kind: 'latency'; when: 'before' | 'after'; delay: Delay }
  /** Gives an event an id that may sort before earlier ids of the same millisecond. */
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

/**
 * Whether an effect can apply to requests of an operation. `disorderedIds` applies to events instead, whatever
 * operation causes them. An event stream, for example, has no complete response that could be lost or truncated.
 */
export function canAffect(effect: FaultEffect, operation: Operation): boolean {
  if (effect.kind === 'disorderedIds') return false;
  if (!eventOperations.has(operation)) return !isStreamEffect(effect);
  return isStreamEffect(effect) || !affectsCompleteAnswer(effect);
}

function affectsCompleteAnswer(effect: FaultEffect): boolean {
  if (effect.kind === 'latency' || effect.kind === 'answer') return effect.when === 'after';
  return effect.kind === 'answerLost' || isBodyEffect(effect);
}
