import { BadUserInputError } from '../domain/badUserInput.ts';
import { isInstant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { decodeCursor, encodeCursor } from '../domain/opaqueCursor.ts';

/**
 * Where a reader stands among the events: behind every event before `at`'s millisecond, and behind those of that
 * millisecond that are named. Ids alone don't order events of one millisecond; a list of what was delivered does.
 */
export interface EventPosition {
  /** Unix time in ms, by the API's clock. */
  ms: number;
  /** Ids of that millisecond which were delivered; empty where the position is a moment before the first event. */
  ids: readonly string[];
}

const version = 'e1';

/** Opaque to clients; survives a restart of the gateway, since all it says is known to the API too. */
export function encodeEventCursor({ ms, ids }: EventPosition): string {
  return encodeCursor([version, new Date(ms).toISOString(), ...ids]);
}

/** @throws BadUserInputError */
export function decodeEventCursor(cursor: string): EventPosition {
  const [found, at, ...ids] = decodeCursor(cursor);
  const isString = (value: unknown): value is string => typeof value === 'string';
  if (found !== version || !isString(at) || !isInstant(at) || !ids.every(isString)) {
    throw new BadUserInputError('after is not a cursor of a status event; pass one that this API gave');
  }
  return { ms: Date.parse(at), ids };
}

export function eventMs(event: JournalStatusEvent): number {
  return Date.parse(event.at);
}

/** True when a reader at this position has not had the event yet. */
export function isBehind(position: EventPosition, event: JournalStatusEvent): boolean {
  const ms = eventMs(event);
  return ms > position.ms || (ms === position.ms && !position.ids.includes(event.id));
}
