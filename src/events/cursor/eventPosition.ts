import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { latenessMs, stampOf } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';

/** Events of one instant that were delivered, too many to be named one by one. */
export interface Crowd {
  /** Their instant: unix time in ms by the API's clock, with microseconds. */
  readonly ms: number;
  readonly count: number;
  /** The sum of their names, see `addToken`: another set of events has another one. */
  readonly digest: number;
}

/** A place in what one hub has told: only that hub can read it. */
export interface HubPlace {
  readonly feed: string;
  /** How many events the hub had told. */
  readonly told: number;
}

/**
 * Where a reader stands among the events. Neither ids nor times order events that are told late, or that share an
 * instant, so a position lists what was delivered: every event up to `floorMs`, the crowd, and the named events.
 * The hub that gave the position knows the place exactly, by `place`; everyone else has the list.
 */
export interface EventPosition {
  /** When the latest delivered event happened, unless it is dated ahead of the API's clock. */
  readonly ms: number;
  /** Every event up to this moment counts as delivered. Equal to `ms` where no event that is later was delivered. */
  readonly floorMs: number;
  /** Delivered events after the floor that belong to one instant; absent when there are none. */
  readonly crowd?: Crowd | undefined;
  /** The other delivered events after the floor, in the order of delivery; the last event that was delivered is last. */
  readonly named: readonly EventStamp[];
  readonly place?: HubPlace | undefined;
}

export function beginningOf(place: HubPlace | undefined, ms: number): EventPosition {
  return { ms, floorMs: ms, named: [], place };
}

/** False for the beginning of a feed: there is no past event that a replay must contain. */
export function isReal({ ms, floorMs, named }: EventPosition): boolean {
  return floorMs < ms && named.length > 0;
}

/** What is known of the API's clock may be off by so much, in ms. */
const clockErrorMs = 2_000;

/** True when the position lies in the future of the API's clock: it does not tell what has happened since it was given. */
export function isAhead({ ms, floorMs }: EventPosition, nowMs: number): boolean {
  return floorMs - clockErrorMs > nowMs || ms - latenessMs > nowMs;
}

/**
 * True when a reader at this position has not had the event yet. At the beginning of a feed nothing was delivered, so
 * an event that is told late is behind it too. An event of the crowd's instant counts as not delivered, see `CrowdSearch`.
 */
export function isBehind(position: EventPosition, event: JournalStatusEvent): boolean {
  const { ms, token } = stampOf(event);
  return (!isReal(position) || ms > position.floorMs) && !isNamed(position, token);
}

// The position is asked for each event of a window or a replay, and may name thousands.
const tokensOf = new WeakMap<readonly EventStamp[], ReadonlySet<string>>();

export function isNamed({ named }: EventPosition, token: string): boolean {
  const tokens = tokensOf.get(named) ?? new Set(named.map((stamp) => stamp.token));
  tokensOf.set(named, tokens);
  return tokens.has(token);
}
