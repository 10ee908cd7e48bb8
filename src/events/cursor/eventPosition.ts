import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { latenessMs, stampOf } from './eventStamp.ts';
import type { EventStamp } from './eventStamp.ts';

/** The delivered events of one instant, if there are too many to name one by one. */
export interface InstantDigest {
  /** The instant: Unix time in ms by the API's clock, with microseconds. */
  readonly ms: number;
  readonly count: number;
  /** The sum of the tokens of these events, see `addToken`. The sum identifies the set of events. */
  readonly sum: number;
}

/** An offset into the events of one hub or one shared log. Only that hub, or the readers of that log, can use it. */
export interface HubOffset {
  /** Id of the hub or of the shared log. */
  readonly hub: string;
  /** How many events the hub had published, or the log had. */
  readonly published: number;
}

/**
 * Where a reader is in the stream of events. Neither ids nor times order events that arrive late or share an instant.
 * So a position lists which events were delivered: every event up to `floorMs`, the events of the digest and the named
 * events. A hub that knows the `offset` uses it, since it is exact; every other reader uses this list.
 * `EventPositioner` creates the positions of a stream.
 */
export interface EventPosition {
  /** When the latest delivered event happened, not counting events dated ahead of the API's clock. */
  readonly ms: number;
  /** Every event up to this moment counts as delivered. Equal to `ms` if no later event was delivered. */
  readonly floorMs: number;
  /** Delivered events after the floor, all of one instant. */
  readonly digest?: InstantDigest | undefined;
  /** The other delivered events after the floor, in the order of delivery. Always includes the last one delivered. */
  readonly named: readonly EventStamp[];
  readonly offset?: HubOffset | undefined;
}

/**
 * How inexact the time is at which a feed begins, in ms: a `Date` header has whole seconds and may be a little late.
 */
export const beginningErrorMs = 2_000;

/** The position before the first event of a feed: everything up to this moment counts as delivered. */
export function beginningAt(ms: number, offset?: HubOffset): EventPosition {
  return { ms, floorMs: ms, named: [], offset };
}

/** False for a position at the beginning of a feed: there is no earlier event that a replay would have to contain. */
export function hasEvents({ ms, floorMs, named }: EventPosition): boolean {
  return floorMs < ms && named.length > 0;
}

/** How wrong the gateway's estimate of the API's clock may be, in ms. */
const clockErrorMs = 2_000;

/** True for a position ahead of the API's clock: the events after such a position are unknown. */
export function isAhead({ ms, floorMs }: EventPosition, nowMs: number): boolean {
  return floorMs - clockErrorMs > nowMs || ms - latenessMs > nowMs;
}

/**
 * True if the event was not delivered before this position. At the beginning of a feed nothing was delivered, so every
 * event is after that position, including late ones. An event of the digest's instant counts as not delivered, see
 * `resolveDigest`.
 */
export function isAfter(event: JournalStatusEvent, position: EventPosition): boolean {
  const { ms, token } = stampOf(event);
  return (!hasEvents(position) || ms > position.floorMs) && !isNamed(position, token);
}

// A position is compared with each event of a window or replay, and it may name thousands of events.
const tokensOf = new WeakMap<readonly EventStamp[], ReadonlySet<string>>();

export function isNamed({ named }: EventPosition, token: string): boolean {
  const tokens = tokensOf.get(named) ?? new Set(named.map((stamp) => stamp.token));
  tokensOf.set(named, tokens);
  return tokens.has(token);
}
