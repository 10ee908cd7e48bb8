import { BadUserInputError } from '../domain/badUserInput.ts';
import { instantMs, isInstant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { decodeCursor, encodeCursor } from '../domain/opaqueCursor.ts';

import { justBefore, latenessMs, stampOf, tokenLength, tokenOf } from './eventStamp.ts';

/**
 * Where a reader stands among the events: behind every event up to `floorMs`, and behind those later ones that are
 * named. Neither ids nor times order what is told late, or within one instant; a list of what was delivered does.
 */
export interface EventPosition {
  /** When the latest delivered event happened: unix time in ms by the API's clock, with microseconds. */
  ms: number;
  /** Up to this moment all counts as delivered; at most `latenessMs` before `ms`. */
  floorMs: number;
  /** The tokens of what was delivered after that, in the order of delivery; empty at the beginning of a feed. */
  tokens: readonly string[];
  /** Which feed gave it: its own hub knows the place, every other one only what is said above. */
  feed?: string;
}

const version = 'e2';
/** Cursors of earlier gateways: the millisecond of the last event, and the ids of that millisecond. */
const earlierVersion = 'e1';
const lastMicros = 253_402_300_799_999_000; // of the year 9999
const maxTokens = 20_000; // more happen in no instant; a longer list would only be there to be searched

/** Opaque to clients; survives a restart of the gateway, since all it says is known to the API too. */
export function encodeEventCursor({ ms, floorMs, tokens, feed }: EventPosition): string {
  const micros = microsOf(ms);
  const names = [micros - microsOf(floorMs), tokens.join('')];
  return encodeCursor([version, micros, ...names, ...(feed === undefined ? [] : [feed])]);
}

/**
 * @param name what the cursor was given as, for the message
 * @throws BadUserInputError
 */
export function decodeEventCursor(cursor: string, name = 'after'): EventPosition {
  const [found, at, ...rest] = decodeCursor(cursor);
  const position = found === version ? decode(at, rest) : found === earlierVersion ? decodeEarlier(at, rest) : null;
  if (!position) throw new BadUserInputError(`${name} is not a cursor of a status event; pass one that this API gave`);
  return position;
}

export function beginningOf(feed: string, ms: number): EventPosition {
  return { ms, floorMs: ms, tokens: [], feed };
}

/** False for the beginning of a feed: there is no event that a replay would have to contain. */
export function isReal({ tokens }: EventPosition): boolean {
  return tokens.length > 0;
}

/**
 * True when a reader at this position has not had the event yet. Nothing was delivered at the beginning of a feed:
 * what is told late is behind it too.
 */
export function isBehind(position: EventPosition, event: JournalStatusEvent): boolean {
  if (!isReal(position)) return true;
  const { ms, token } = stampOf(event);
  return ms > position.ms || (ms > position.floorMs && !isNamed(position, token));
}

/** Asked for each event of a window or a replay; a cursor may name thousands. */
const named = new WeakMap<readonly string[], ReadonlySet<string>>();

export function isNamed({ tokens }: EventPosition, token: string): boolean {
  const names = named.get(tokens) ?? new Set(tokens);
  named.set(tokens, names);
  return names.has(token);
}

/** True for the event that a replay must contain, or one of its own millisecond that was delivered as well. */
export function isAnchor(position: EventPosition, event: JournalStatusEvent): boolean {
  const { ms, token } = stampOf(event);
  return ms > position.ms - 1 && ms <= position.ms && isNamed(position, token);
}

function decode(micros: unknown, [span, names, feed]: unknown[]): EventPosition | null {
  if (!isInteger(micros, lastMicros) || !isInteger(span, latenessMs * 1_000)) return null;
  if (!isString(names) || names.length > maxTokens * tokenLength || names.length % tokenLength !== 0) return null;
  const tokens = Array.from({ length: names.length / tokenLength }, (_, index) =>
    names.slice(index * tokenLength, (index + 1) * tokenLength),
  );
  const position = { ms: micros / 1_000, floorMs: (micros - span) / 1_000, tokens };
  return isString(feed) ? { ...position, feed } : position;
}

function decodeEarlier(at: unknown, ids: unknown[]): EventPosition | null {
  if (!isString(at) || !isInstant(at) || ids.length > maxTokens) return null;
  const ms = instantMs(at);
  // It named the feed in an object, and that feed is gone.
  if (typeof ids[0] === 'object') return beginningOf('', ms);
  // All of that millisecond is told apart by id.
  const atItsEnd = (ms * 1_000 + 999) / 1_000;
  return ids.every(isString) ? { ms: atItsEnd, floorMs: justBefore(ms), tokens: ids.map(tokenOf) } : null;
}

function microsOf(ms: number): number {
  return Math.round(ms * 1_000);
}

function isInteger(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
