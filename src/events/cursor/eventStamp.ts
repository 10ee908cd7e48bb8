import { hash } from 'node:crypto';

import { instantFractionalMs } from '../../domain/instant.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

/** Identifies an event in a position. */
export interface EventStamp {
  /** When the event happened: Unix time in ms by the API's clock, with microseconds. */
  readonly ms: number;
  /** A hash of the event's id: 48 bits, `tokenLength` characters of base64url. */
  readonly token: string;
  /** If true, the event happened at `ms` or earlier: cursors of earlier versions don't contain the exact time. */
  readonly isLatest?: boolean;
}

export const tokenLength = 8;

/** How far out of order events of different accounts may arrive, in ms: the API's advice is "a few minutes". */
export const latenessMs = 120_000;

// All subscribers read the same event object, so each event is parsed and hashed once.
const stamps = new WeakMap<JournalStatusEvent, EventStamp>();

export function stampOf(event: JournalStatusEvent): EventStamp {
  const cached = stamps.get(event);
  if (cached) return cached;
  const stamp = { ms: instantFractionalMs(event.at), token: tokenOf(event.id) };
  stamps.set(event, stamp);
  return stamp;
}

export function tokenOf(eventId: string): string {
  return hash('sha1', eventId, 'base64url').slice(0, tokenLength);
}

/**
 * Sums of tokens have 48 bits, like tokens. A sum is an exact integer and does not depend on the order of the tokens.
 */
export const tokenSumLimit = 2 ** 48;

export function addToken(sum: number, token: string): number {
  return (sum + Buffer.from(token, 'base64url').readUIntBE(0, 6)) % tokenSumLimit;
}

/** One microsecond earlier. */
export function justBefore(ms: number): number {
  // Computed from whole microseconds, as `ms` itself is: equal moments are equal numbers.
  return (Math.round(ms * 1_000) - 1) / 1_000;
}
