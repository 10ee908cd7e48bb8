import { BadUserInputError } from '../domain/badUserInput.ts';
import { instantMs, isInstant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { decodeCursor, encodeCursor } from '../domain/opaqueCursor.ts';

/**
 * Where a reader stands among the events: behind every event before `at`'s millisecond, and behind those of that
 * millisecond that are named. Ids alone don't order events of one millisecond; a list of what was delivered does.
 */
export interface EventPosition {
  /** Unix time in ms, by the API's clock. */
  ms: number;
  /** Ids of that millisecond which were delivered; empty where the position is the beginning of a feed. */
  ids: readonly string[];
  /** Which feed began there, where one did: its own hub knows the place, every other one only the moment. */
  feed?: string;
}

const version = 'e1';

/** Opaque to clients; survives a restart of the gateway, since all it says is known to the API too. */
export function encodeEventCursor({ ms, ids, feed }: EventPosition): string {
  const at = new Date(ms).toISOString();
  return encodeCursor(feed === undefined ? [version, at, ...ids] : [version, at, { feed }]);
}

/** @throws BadUserInputError */
export function decodeEventCursor(cursor: string): EventPosition {
  const [found, at, ...rest] = decodeCursor(cursor);
  const feed = feedOf(rest[0]);
  const ids = feed === undefined ? rest : [];
  if (found !== version || !isString(at) || !isInstant(at) || !ids.every(isString)) {
    throw new BadUserInputError('after is not a cursor of a status event; pass one that this API gave');
  }
  return { ms: instantMs(at), ids, ...(feed === undefined ? {} : { feed }) };
}

/** False for the beginning of a feed: there is no event that a replay would have to contain. */
export function isReal({ ids }: EventPosition): boolean {
  return ids.length > 0;
}

export function eventMs(event: JournalStatusEvent): number {
  return instantMs(event.at);
}

/**
 * True when a reader at this position has not had the event yet. Nothing was delivered at the beginning of a feed:
 * what is told late is behind it too.
 */
export function isBehind(position: EventPosition, event: JournalStatusEvent): boolean {
  if (!isReal(position)) return true;
  const ms = eventMs(event);
  return ms > position.ms || (ms === position.ms && !position.ids.includes(event.id));
}

function feedOf(value: unknown): string | undefined {
  const feed: unknown = typeof value === 'object' && value !== null && 'feed' in value ? value.feed : undefined;
  return isString(feed) ? feed : undefined;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
