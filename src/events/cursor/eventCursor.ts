import { BadUserInputError } from '../../errors/BadUserInputError.ts';
import { instantMs, isInstant } from '../../domain/instant.ts';
import { decodeCursor, encodeCursor } from '../../domain/opaqueCursor.ts';

import { beginningAt } from './eventPosition.ts';
import type { EventPosition, HubOffset, InstantDigest } from './eventPosition.ts';
import { justBefore, latenessMs, tokenLength, tokenOf, tokenSumLimit } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';

const version = 'e3';
/**
 * The formats of earlier versions: `e2` names events without their times, `e1` contains a time in whole milliseconds
 * and the ids of the delivered events of that millisecond.
 */
const [secondVersion, firstVersion] = ['e2', 'e1'];
const lastMicros = 253_402_300_799_999_000; // of the year 9999
const maxSpan = latenessMs * 1_000;
/** The maximum number of events that a cursor may name: an `e2` cursor names all events of an instant. */
const maxNames = 20_000;

/**
 * Returns the cursor of a position, opaque to clients and shorter than 1 KB. A cursor stays valid when the gateway
 * restarts: except for the offset, it is made only from ids and times of the API's events.
 */
export function encodeEventCursor({ ms, floorMs, named, digest, offset }: EventPosition): string {
  const micros = microsOf(ms);
  const names = named.map((stamp) => stamp.token + (micros - microsOf(stamp.ms)).toString(36)).join('.');
  const parts = [version, micros, micros - microsOf(floorMs), names];
  if (!digest && !offset) return encodeCursor(parts);
  const digestParts = digest ? [micros - microsOf(digest.ms), digest.count, digest.sum] : 0;
  return encodeCursor([...parts, digestParts, ...(offset ? [offset.hub, offset.published] : [])]);
}

/**
 * @param name the name of the argument, for the error message
 * @throws BadUserInputError
 */
export function decodeEventCursor(cursor: string, name = 'after'): EventPosition {
  const position = decode(decodeCursor(cursor));
  if (!position) throw new BadUserInputError(`${name} is not a cursor of a status event: pass a cursor from this API`);
  return position;
}

function decode([found, ...parts]: unknown[]): EventPosition | null {
  if (found === version) return decodeCurrent(parts);
  if (found === secondVersion) return decodeSecond(parts);
  return found === firstVersion ? decodeFirst(parts) : null;
}

function decodeCurrent([micros, span, names, digestParts, hub, published]: unknown[]): EventPosition | null {
  if (!isInteger(micros, lastMicros) || !isInteger(span, maxSpan) || !isString(names)) return null;
  const named = names === '' ? [] : names.split('.', maxNames).map((name) => decodeName(name, micros));
  const digest = Array.isArray(digestParts) ? decodeDigest(digestParts, micros) : undefined;
  if (digest === null || !named.every((stamp) => stamp !== null)) return null;
  const offset: HubOffset | undefined = isString(hub) && isInteger(published) ? { hub, published } : undefined;
  return { ms: micros / 1_000, floorMs: (micros - span) / 1_000, named, digest, offset };
}

function decodeName(name: string, micros: number): EventStamp | null {
  const before = Number.parseInt(name.slice(tokenLength), 36);
  return Number.isSafeInteger(before) ? { ms: (micros - before) / 1_000, token: name.slice(0, tokenLength) } : null;
}

function decodeDigest([before, count, sum]: unknown[], micros: number): InstantDigest | null {
  if (!isInteger(before, maxSpan) || !isInteger(count) || !isInteger(sum, tokenSumLimit)) return null;
  return { ms: (micros - before) / 1_000, count, sum };
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
  // An object here is an offset into a feed that no longer exists.
  if (typeof ids[0] === 'object') return beginningAt(ms);
  // The ids name the delivered events of this millisecond.
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
