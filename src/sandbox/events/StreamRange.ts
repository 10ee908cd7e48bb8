import { decodeTime, isValid } from 'ulid';

import type { EventsVersion } from '../format/formatEvent.ts';
import { type Micros, microsPerMillisecond, parseDate, parseInstant } from '../domain/instant.ts';
import { invalid } from '../domain/Refusal.ts';
import type { EventRow, EventTable } from '../store/EventTable.ts';

type Bound = { at: Micros } | { ulid: string } | { seq: number };

/** Which events a stream asks for. */
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

  /** The sequence number behind which reading starts; without a since that is the end of the log. */
  startAfter(events: EventTable): number {
    if (!this.#since) return events.last().seq;
    if ('seq' in this.#since) return this.#since.seq - 1;
    const at = 'at' in this.#since ? this.#since.at : decodeTime(this.#since.ulid) * microsPerMillisecond;
    return events.firstAt(at) - 1;
  }

  includes(event: EventRow): boolean {
    return this.#isFrom(event) && this.#isTo(event);
  }

  /** The instant after which nothing in range can come; null for a stream without an end by time. */
  endsAt(): Micros | null {
    if (!this.#until || 'seq' in this.#until) return null;
    return 'at' in this.#until ? this.#until.at : (decodeTime(this.#until.ulid) + 1) * microsPerMillisecond - 1;
  }

  /** Whether nothing in range can come any more, once everything up to `lastSeq` was read. */
  isOver(now: Micros, lastSeq: number): boolean {
    if (this.#until && 'seq' in this.#until) return lastSeq >= this.#until.seq;
    const end = this.endsAt();
    return end !== null && now > end;
  }

  #isFrom(event: EventRow): boolean {
    if (!this.#since) return true;
    if ('at' in this.#since) return event.at >= this.#since.at;
    const order = this.#compareId(event, this.#since);
    return this.#sinceIdInclusive ? order >= 0 : order > 0;
  }

  #isTo(event: EventRow): boolean {
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

/** The three ways to name a bound on v1, the two on v2: each `until` needs its own `since`. */
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

/** Reads a stream's parameters. @throws Refusal 400 for a bad value or a combination that is not allowed */
export function readStreamRange(
  query: URLSearchParams,
  version: EventsVersion,
  sinceIdInclusive: boolean,
): StreamRange {
  const used = pairs[version].filter(([since, until]) => given(query, since) || given(query, until));
  const [pair, other] = used;
  if (!pair) return new StreamRange(undefined, undefined, version, sinceIdInclusive);
  if (other) throw invalid(`${pair[0]} and ${other[0]} exclude each other`);
  const [sinceName, untilName, read] = pair;
  const sinceText = given(query, sinceName);
  const untilText = given(query, untilName);
  if (sinceText === undefined) throw invalid(`${untilName} needs ${sinceName}`);
  const since = read(sinceText, sinceName);
  const until = untilText === undefined ? undefined : read(untilText, untilName);
  if (until && isAfter(since, until)) throw invalid(`${untilName} must not be before ${sinceName}`);
  return new StreamRange(since, until, version, sinceIdInclusive);
}

function given(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

function readInstant(text: string, name: string): Bound {
  const at = parseInstant(text) ?? parseDate(text);
  if (at === null) throw invalid(`${name} must be an RFC 3339 time, found ${JSON.stringify(text)}`);
  return { at };
}

function readUlid(text: string, name: string): Bound {
  const ulid = text.toUpperCase();
  // Twenty-six letters hold 130 bits, a ULID 128: with a first letter above 7 its time would overflow.
  if (!isValid(ulid) || ulid > '8') throw invalid(`${name} must be a ULID, found ${JSON.stringify(text)}`);
  return { ulid };
}

function readInteger(text: string, name: string): Bound {
  if (!/^\d{1,15}$/.test(text)) throw invalid(`${name} must be an integer, found ${JSON.stringify(text)}`);
  return { seq: Number(text) };
}

function isAfter(since: Bound, until: Bound): boolean {
  if ('at' in since && 'at' in until) return since.at > until.at;
  if ('seq' in since && 'seq' in until) return since.seq > until.seq;
  return 'ulid' in since && 'ulid' in until && since.ulid > until.ulid;
}
