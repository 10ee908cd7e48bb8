import { decodeTime, isValid } from 'ulid';

import type { EventsVersion } from '../format/formatEvent.ts';
import { type Micros, microsPerMillisecond, parseDate, parseInstant } from '../values/instant.ts';
import { parseWholeNumber, readParameter } from '../api/ApiRequest.ts';
import { invalid } from '../api/Refusal.ts';
import type { EventRow, EventTable } from '../store/EventTable.ts';

type Bound = { at: Micros } | { ulid: string } | { seq: number };

/** The range of events that a client requests. */
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

  /** Returns the sequence number after which reading starts. Without a `since`, that is the end of the log. */
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

interface BoundType {
  /** Completes the sentence "the parameter must be …". */
  expected: string;
  read: (text: string) => Bound | null;
}

const instantType: BoundType = {
  expected: 'an RFC 3339 time',
  read: (text) => {
    const at = parseInstant(text) ?? parseDate(text);
    return at === null ? null : { at };
  },
};

const ulidType: BoundType = {
  expected: 'a ULID',
  read: (text) => {
    const ulid = text.toUpperCase();
    // A ULID has 128 bits, its 26 characters hold 130: with a first character above 7 the time would overflow.
    return isValid(ulid) && ulid <= '8' ? { ulid } : null;
  },
};

const integerType: BoundType = {
  expected: 'an integer',
  read: (text) => {
    const seq = parseWholeNumber(text);
    return seq === null ? null : { seq };
  },
};

/** The pairs of parameters that v1 and v2 accept. Each `until` requires the `since` of its pair. */
const pairs: Record<EventsVersion, readonly [since: string, until: string, type: BoundType][]> = {
  v2: [
    ['since', 'until', instantType],
    ['since_id', 'until_id', ulidType],
  ],
  v1: [
    ['since', 'until', instantType],
    ['since_id', 'until_id', integerType],
    ['since_ulid', 'until_ulid', ulidType],
  ],
};

/** Reads a stream's query parameters. @throws Refusal 400 for an invalid value or combination */
export function readStreamRange(
  query: URLSearchParams,
  version: EventsVersion,
  sinceIdInclusive: boolean,
): StreamRange {
  const [pair, other] = pairs[version].filter(([since, until]) => query.get(since) || query.get(until));
  if (!pair) return new StreamRange(undefined, undefined, version, sinceIdInclusive);
  if (other) throw invalid(`${pair[0]} can't be combined with ${other[0]}`);
  const [sinceName, untilName, { expected, read }] = pair;
  const since = readParameter(query, sinceName, expected, read);
  if (!since) throw invalid(`${untilName} requires ${sinceName}`);
  const until = readParameter(query, untilName, expected, read);
  if (until && isAfter(since, until)) throw invalid(`${untilName} must not be before ${sinceName}`);
  return new StreamRange(since, until, version, sinceIdInclusive);
}

function isAfter(since: Bound, until: Bound): boolean {
  if ('at' in since && 'at' in until) return since.at > until.at;
  if ('seq' in since && 'seq' in until) return since.seq > until.seq;
  return 'ulid' in since && 'ulid' in until && since.ulid > until.ulid;
}
