import { hash } from 'node:crypto';

import { instantFractionalMs } from '../../domain/instant.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

/** What positions know an event by. */
export interface EventStamp {
  /** When it happened: unix time in ms by the API's clock, with microseconds. */
  readonly ms: number;
  /** A short name made from its id: 48 bits, `tokenLength` characters of base64url. */
  readonly token: string;
  /** The event happened then or earlier: cursors of earlier gateways don't say when. */
  readonly isLatest?: boolean;
}

export const tokenLength = 8;

/** Events of different accounts may be told so much out of order, in ms: the API's advice is "a few minutes". */
export const latenessMs = 120_000;

// An event is one object for all who read it; it is parsed and hashed once.
const stamps = new WeakMap<JournalStatusEvent, EventStamp>();

export function stampOf(event: JournalStatusEvent): EventStamp {
  const known = stamps.get(event);
  if (known) return known;
  const stamp = { ms: instantFractionalMs(event.at), token: tokenOf(event.id) };
  stamps.set(event, stamp);
  return stamp;
}

export function tokenOf(eventId: string): string {
  return hash('sha1', eventId, 'base64url').slice(0, tokenLength);
}

/** Sums of tokens are 48 bits as they are: they need no order, and exact integers hold them. */
export const digestLimit = 2 ** 48;

export function addToken(digest: number, token: string): number {
  return (digest + Buffer.from(token, 'base64url').readUIntBE(0, 6)) % digestLimit;
}

/** The last moment that differs from this one. */
export function justBefore(ms: number): number {
  // As `ms` itself is made from whole microseconds: equal moments are equal numbers.
  return (Math.round(ms * 1_000) - 1) / 1_000;
}
