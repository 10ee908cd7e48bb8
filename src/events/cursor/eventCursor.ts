import { BadUserInputError } from '../../errors/BadUserInputError.ts';
import { instantMs, isInstant } from '../../domain/instant.ts';
import { decodeCursor, encodeCursor } from '../../domain/opaqueCursor.ts';

import { beginningOf } from './eventPosition.ts';
import type { Crowd, EventPosition, HubPlace } from './eventPosition.ts';
import { digestLimit, justBefore, latenessMs, tokenLength, tokenOf } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';

const version = 'e3';
/** Cursors of earlier gateways. One names events without their times; the other has a millisecond, and ids of that. */
const [secondVersion, firstVersion] = ['e2', 'e1'];
const lastMicros = 253_402_300_799_999_000; // of the year 9999
const maxSpan = latenessMs * 1_000;
/** Events that a cursor may name: those of the second version named all events of an instant. */
const maxNames = 20_000;

/** Opaque to clients; survives a restart of the gateway, since all it says is known to the API too. Less than 1 KB. */
export function encodeEventCursor({ ms, floorMs, named, crowd, place }: EventPosition): string {
  const micros = microsOf(ms);
  const names = named.map((stamp) => stamp.token + (micros - microsOf(stamp.ms)).toString(36)).join('.');
  const said = [version, micros, micros - microsOf(floorMs), names];
  if (!crowd && !place) return encodeCursor(said);
  const crowdSaid = crowd ? [micros - microsOf(crowd.ms), crowd.count, crowd.digest] : 0;
  return encodeCursor([...said, crowdSaid, ...(place ? [place.feed, place.told] : [])]);
}

/**
 * @param name what the cursor was given as, for the message
 * @throws BadUserInputError
 */
export function decodeEventCursor(cursor: string, name = 'after'): EventPosition {
  const position = decode(decodeCursor(cursor));
  if (!position) throw new BadUserInputError(`${name} is not a cursor of a status event; pass one that this API gave`);
  return position;
}

function decode([found, ...said]: unknown[]): EventPosition | null {
  if (found === version) return decodeCurrent(said);
  if (found === secondVersion) return decodeSecond(said);
  return found === firstVersion ? decodeFirst(said) : null;
}

function decodeCurrent([micros, span, names, crowdSaid, feed, told]: unknown[]): EventPosition | null {
  if (!isInteger(micros, lastMicros) || !isInteger(span, maxSpan) || !isString(names)) return null;
  const named = names === '' ? [] : names.split('.', maxNames).map((name) => decodeName(name, micros));
  const crowd = Array.isArray(crowdSaid) ? decodeCrowd(crowdSaid, micros) : undefined;
  if (crowd === null || !named.every((stamp) => stamp !== null)) return null;
  const place: HubPlace | undefined = isString(feed) && isInteger(told) ? { feed, told } : undefined;
  return { ms: micros / 1_000, floorMs: (micros - span) / 1_000, named, crowd, place };
}

function decodeName(name: string, micros: number): EventStamp | null {
  const before = Number.parseInt(name.slice(tokenLength), 36);
  return Number.isSafeInteger(before) ? { ms: (micros - before) / 1_000, token: name.slice(0, tokenLength) } : null;
}

function decodeCrowd([before, count, digest]: unknown[], micros: number): Crowd | null {
  if (!isInteger(before, maxSpan) || !isInteger(count) || !isInteger(digest, digestLimit)) return null;
  return { ms: (micros - before) / 1_000, count, digest };
}

function decodeSecond([micros, span, names]: unknown[]): EventPosition | null {
  if (!isInteger(micros, lastMicros) || !isInteger(span, maxSpan) || !isString(names)) return null;
  if (names.length > maxNames * tokenLength || names.length % tokenLength !== 0) return null;
  const ms = micros / 1_000;
  const named = Array.from({ length: names.length / tokenLength }, (_, index) => ({
    ms,
    token: names.slice(index * tokenLength, (index + 1) * tokenLength),
    isLatest: true,
  }));
  return { ms, floorMs: (micros - span) / 1_000, named };
}

function decodeFirst([at, ...ids]: unknown[]): EventPosition | null {
  if (!isString(at) || !isInstant(at) || ids.length > maxNames) return null;
  const ms = instantMs(at);
  // It named the feed in an object, and that feed is gone.
  if (typeof ids[0] === 'object') return beginningOf(undefined, ms);
  // All of that millisecond is told apart by id.
  const endMs = (ms * 1_000 + 999) / 1_000;
  if (!ids.every(isString)) return null;
  const named = ids.map((id) => ({ ms: endMs, token: tokenOf(id), isLatest: true }));
  return { ms: endMs, floorMs: justBefore(ms), named };
}

function microsOf(ms: number): number {
  return Math.round(ms * 1_000);
}

function isInteger(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
