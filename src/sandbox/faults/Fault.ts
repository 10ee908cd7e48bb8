import type { Operation } from '../http/matchOperation.ts';

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
  | { kind: 'latency'; when: 'before' | 'after'; delay: Delay }
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

export type Effect = RequestEffect | StreamEffect | { kind: 'disorderedIds' };

export interface Fault {
  scope: FaultScope;
  effect: Effect;
}

const streamKinds: ReadonlySet<string> = new Set(['cut', 'silence', 'dropped', 'internalError', 'duplicates']);

export function isStreamEffect(effect: Effect): effect is StreamEffect {
  return streamKinds.has(effect.kind);
}

export function isRequestEffect(effect: Effect): effect is RequestEffect {
  return !isStreamEffect(effect) && effect.kind !== 'disorderedIds';
}
