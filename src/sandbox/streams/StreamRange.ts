import { decodeTime, isValid } from 'ulid';

import type { EventsVersion } from '../format/formatEvent.ts';
import { type Micros, microsPerMillisecond, parseDate, parseInstant } from '../values/instant.ts';
import { parseWholeNumber } from '../values/parseWholeNumber.ts';
import { parameterOf } from '../api/ApiRequest.ts';
import { invalid } from '../api/Refusal.ts';
import type { EventRow, EventTable } from '../store/EventTable.ts';

type Bound = { at: Micros } | { ulid: string } | { seq: number };

/** The range of events that a stream requests. */
export class StreamRange {
  readonly #since: Bound | undefined;
  readonly #until: Bound | undefined;
  readonly #version: EventsVersion;
  readonly #sinceIdInclusive: boolean;

  constructor(since: Bound | undefined, until: Bound | undefined, version: EventsVersion, sinceIdInclusive: boolean) {
    this.#since = since;
    this.#until = until;
    this.#version = version;
    this.#sinceIdInclusive = sinceIdInclusive;
  }

  /** The sequence number after which reading starts. Without a `since` that is the end of the log. */
  startAfter(events: EventTable): number {
    if (!this.#since) return events.last().seq;
    if ('seq' in this.#since) return this.#since.seq - 1;
    const at = 'at' in this.#since ? this.#since.at : decodeTime(this.#since.ulid) * microsPerMillisecond;
    return events.firstAt(at) - 1;
  }

  includes(event: EventRow): boolean {
    return this.#isAfterSince(event) && this.#isBeforeUntil(event);
  }

  /** The instant after which no event can be in range. Null if the range doesn't end by time. */
  endsAt(): Micros | null {
    if (!this.#until || 'seq' in this.#until) return null;
    return 'at' in this.#until ? this.#until.at : (decodeTime(this.#until.ulid) + 1) * microsPerMillisecond - 1;
  }

  /** Whether no further event can be in range, after reading up to `lastSeq`. */
  isOver(now: Micros, lastSeq: number): boolean {
    if (this.#until && 'seq' in this.#until) return lastSeq >= this.#until.seq;
    const end = this.endsAt();
    return end !== null && now > end;
  }

  #isAfterSince(event: EventRow): boolean {
    if (!this.#since) return true;
    if ('at' in this.#since) return event.at >= this.#since.at;
    const order = this.#compareId(event, this.#since);
    return this.#sinceIdInclusive ? order >= 0 : order > 0;
  }

  #isBeforeUntil(event: EventRow): boolean {
    if (!this.#until) return true;
    return 'at' in this.#until ? event.at <= this.#until.at : this.#compareId(event, this.#until) <= 0;
  }

  #compareId(event: EventRow, bound: { ulid: string } | { seq: number }): number {
    if ('seq' in bound) return event.seq - bound.seq;
    const own = this.#version === 'v2' ? event.ulid : event.legacy_ulid;
    return own < bound.ulid ? -1 : own > bound.ulid ? 1 : 0;
  }
}

type Reader = (text: string, name: string) => Bound;

/** The pairs of parameters that v1 and v2 accept. Each `until` requires the `since` of its pair. */
const pairs: Record<EventsVersion, readonly [since: string, until: string, read: Reader][]> = {
  v2: [
    ['since', 'until', readInstant],
    ['since_id', 'until_id', readUlid],
  ],
  v1: [
    ['since', 'until', readInstant],
    ['since_id', 'until_id', readInteger],
    ['since_ulid', 'until_ulid', readUlid],
  ],
};

/** Reads a stream's query parameters. @throws Refusal 400 for an invalid value or combination */
export function readStreamRange(
  query: URLSearchParams,
  version: EventsVersion,
  sinceIdInclusive: boolean,
): StreamRange {
  const used = pairs[version].filter(([since, until]) => parameterOf(query, since) || parameterOf(query, until));
  const [pair, other] = used;
  if (!pair) return new StreamRange(undefined, undefined, version, sinceIdInclusive);
  if (other) throw invalid(`${pair[0]} can't be combined with ${other[0]}`);
  const [sinceName, untilName, read] = pair;
  const sinceText = parameterOf(query, sinceName);
  const untilText = parameterOf(query, untilName);
  if (sinceText === undefined) throw invalid(`${untilName} requires ${sinceName}`);
  const since = read(sinceText, sinceName);
  const until = untilText === undefined ? undefined : read(untilText, untilName);
  if (until && isAfter(since, until)) throw invalid(`${untilName} must not be before ${sinceName}`);
  return new StreamRange(since, until, version, sinceIdInclusive);
}

function readInstant(text: string, name: string): Bound {
  const at = parseInstant(text) ?? parseDate(text);
  if (at === null) throw invalid(`${name} must be an RFC 3339 time, found ${JSON.stringify(text)}`);
  return { at };
}

function readUlid(text: string, name: string): Bound {
  const ulid = text.toUpperCase();
  // A ULID has 128 bits, its 26 characters hold 130: with a first character above 7 the time would overflow.
  if (!isValid(ulid) || ulid > '8') throw invalid(`${name} must be a ULID, found ${JSON.stringify(text)}`);
  return { ulid };
}

function readInteger(text: string, name: string): Bound {
  const seq = parseWholeNumber(text);
  if (seq === null) throw invalid(`${name} must be an integer, found ${JSON.stringify(text)}`);
  return { seq };
}

function isAfter(since: Bound, until: Bound): boolean {
  if ('at' in since && 'at' in until) return since.at > until.at;
  if ('seq' in since && 'seq' in until) return since.seq > until.seq;
  return 'ulid' in since && 'ulid' in until && since.ulid > until.ulid;
}
