import type { Operation } from '../domain/matchOperation.ts';

/** Which requests a fault concerns. */
export interface FaultScope {
  /** Absent: every operation. */
  operations?: readonly Operation[];
  /** Chance per request or stream; for `disorderedIds` per event. */
  probability: number;
  /** How often it happens at most; absent: no end. */
  count?: number;
  /** How many requests in scope pass unharmed first. */
  skip: number;
}

/** Fixed, even between two bounds, or exponential around a mean. Milliseconds. */
export type Delay = { ms: number } | { minMs: number; maxMs: number } | { meanMs: number };

export type RequestEffect =
  | { kind: 'latency'; when: 'before' | 'after'; ms: number }
  /** The connection is reset before anything is processed. */
  | { kind: 'reset' }
  /** Everything is processed and committed, then the connection is reset. */
  | { kind: 'answerLost' }
  /** Another answer in place of the real one; `after` commits first. */
  | {
      kind: 'answer';
      when: 'before' | 'after';
      status: number;
      body?: string;
      contentType?: string;
      headers?: Readonly<Record<string, string>>;
    }
  /** 429 now and for every request until the reset; `retryAfter` names it in that header too. */
  | { kind: 'rateLimited'; resetMs: number; retryAfter: boolean }
  /** Half of the body, then a reset. */
  | { kind: 'truncated' }
  /** A whole answer whose body is no JSON. */
  | { kind: 'malformed' }
  /** The body in pieces over so long. */
  | { kind: 'slowBody'; ms: number };

/** What happens to an open stream, behind so many of its events. */
export type StreamEffect =
  | { kind: 'cut'; after: number }
  | { kind: 'silence'; after: number }
  | { kind: 'dropped'; after: number; messages: number }
  | { kind: 'internalError'; after: number }
  /** So many events from before the asked range come first, as after a reconnect. */
  | { kind: 'duplicates'; messages: number };

export type Effect = RequestEffect | StreamEffect;

/** What a fault does when it fires; the length of a latency is drawn then. */
export type FaultEffect =
  | Exclude<Effect, { kind: 'latency' }>
  | { kind: 'latency'; when: 'before' | 'after'; delay: Delay }
  | { kind: 'disorderedIds' };

export interface Fault {
  scope: FaultScope;
  effect: FaultEffect;
}

const streamKinds: ReadonlySet<string> = new Set(['cut', 'silence', 'dropped', 'internalError', 'duplicates']);
const eventOperations: ReadonlySet<Operation> = new Set<Operation>(['eventsV1', 'eventsV2']);

export function isStreamEffect<Some extends { kind: string }>(effect: Some): effect is Some & StreamEffect {
  return streamKinds.has(effect.kind);
}

/** Whether a fault can do anything to an operation: an open stream has no answer that could be lost or truncated. */
export function canBefall(effect: FaultEffect, operation: Operation): boolean {
  if (effect.kind === 'disorderedIds') return false;
  if (!eventOperations.has(operation)) return !isStreamEffect(effect);
  return isStreamEffect(effect) || !concernsAnswer(effect);
}

function concernsAnswer(effect: FaultEffect): boolean {
  if (effect.kind === 'latency' || effect.kind === 'answer') return effect.when === 'after';
  return ['answerLost', 'truncated', 'malformed', 'slowBody'].includes(effect.kind);
}
