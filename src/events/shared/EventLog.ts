import { randomBytes } from 'node:crypto';

import type { RedisConnection } from '../../redis/RedisConnection.ts';
import { RedisUnavailableError } from '../../redis/RedisUnavailableError.ts';

import { decodeLogEntry, encodeLogEntry } from './LogEntry.ts';
import type { LogEntry } from './LogEntry.ts';
import { appendScript, attachScript, leaseScript, releaseScript, trimScript } from './logScripts.ts';
import { decodeLogState } from './LogState.ts';
import type { LogState } from './LogState.ts';

export interface EventLogOptions {
  /** Maximum number of entries. Default 100,000. */
  max?: number | undefined;
  /** How long entries are kept, in ms. Default one day. */
  maxAgeMs?: number | undefined;
}

/** An event to append. */
export interface LoggedEvent extends Omit<LogEntry, 'number'> {
  /** When the event happened, in Unix ms; for an event dated ahead of the API's clock, the time of this clock. */
  readonly pastMs: number;
}

/**
 * Who has the lease: this gateway, which was `granted` it just now or already `held` it, an `other` one, or nobody
 * (`free`) because this gateway does not want it.
 */
const holders = ['granted', 'held', 'other', 'free'] as const;

/** The shared log has changed unexpectedly: another gateway writes to it, it was replaced, or an entry is missing. */
export class LogChangedError extends Error {
  override readonly name = 'LogChangedError';
}

/** Maximum number of ids by which repeated events are recognised, the same as in `PublishedIds`. */
const maxIds = 100_000;
/** Maximum number of entries per read. */
const pageSize = 500;
/** How long a read waits for the next entry, in ms. */
const blockMs = 1_000;
/** How long a read may take, in ms, including the wait for the next entry. */
const readTimeoutMs = 2_000;
/** How many pings in a row must succeed before a reader connects. */
const pingsBeforeAttach = 5;
const maxTrimIntervalMs = 10_000;

const [stateKey, streamKey, idsKey, leaseKey] = ['feed', 'feed:entries', 'feed:ids', 'feed:lease'];

/** The log of status events in Redis that several gateways share. One gateway writes, and all of them read. */
export class EventLog {
  readonly #redis: RedisConnection;
  readonly #max: number;
  readonly #maxAgeMs: number;

  constructor(redis: RedisConnection, { max = 100_000, maxAgeMs = 86_400_000 }: EventLogOptions = {}) {
    this.#redis = redis;
    this.#max = max;
    this.#maxAgeMs = maxAgeMs;
  }

  /**
   * Opens a connection for reading, unless Redis responds too slowly: no gateway could hold the lease then, so each is
   * better off with a stream of its own.
   *
   * @throws RedisUnavailableError
   */
  async attach(): Promise<AttachedLog> {
    for (let pings = 0; pings < pingsBeforeAttach; pings += 1) await this.#redis.run((client) => client.ping());
    const connection = this.#redis.duplicate(readTimeoutMs);
    try {
      await connection.opened();
      const runId = (await connection.runId()) ?? '';
      const keys = [stateKey, streamKey, idsKey];
      const answer = await connection.runScript(attachScript, keys, [runId, randomBytes(6).toString('base64url')]);
      const [firstId, flat] = Array.isArray(answer) ? (answer as unknown[]) : [];
      const state = decodeLogState(flat);
      const first = firstId === '' ? state.count + 1 : Number.parseInt(String(firstId), 10);
      return new AttachedLog(connection, state, first);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Renews the lease, or takes it if it is free and wanted. @throws RedisUnavailableError | LogChangedError */
  async contend(
    token: string,
    { logId, isWanted, durationMs, leader }: { logId: string; isWanted: boolean; durationMs: number; leader: string },
  ): Promise<{ holder: (typeof holders)[number]; state: LogState }> {
    const values = [token, durationMs, logId, isWanted ? 1 : 0, leader];
    const answer = await this.#redis.runScript(leaseScript, [leaseKey, stateKey], values);
    const [word, flat] = Array.isArray(answer) ? (answer as unknown[]) : [];
    const holder = holders.find((known) => known === word);
    if (!holder) throw new LogChangedError('the shared log was replaced');
    return { holder, state: decodeLogState(flat) };
  }

  /** Releases the lease if it was granted to this token. @throws RedisUnavailableError */
  async release(token: string): Promise<void> {
    await this.#redis.runScript(releaseScript, [leaseKey, stateKey], [token]);
  }

  /** Stores the time since which the log is complete, unless one is already stored. @throws RedisUnavailableError */
  async begin(ms: number): Promise<void> {
    await this.#redis.run((client) => client.hsetnx(stateKey, 'began', String(ms)));
  }

  /** Reads the time since which the log is complete, in Unix ms. @throws RedisUnavailableError | LogChangedError */
  async beganMs(): Promise<number> {
    const text = await this.#redis.run((client) => client.hget(stateKey, 'began'));
    if (text === null) throw new LogChangedError('the shared log has not begun');
    return Number(text);
  }

  /**
   * Appends the events that the log does not contain yet.
   *
   * @returns the number of the log's last entry
   * @throws RedisUnavailableError if the events may have been appended, LogChangedError if they were not
   */
  async append(state: Pick<LogState, 'id' | 'fence' | 'count'>, events: readonly LoggedEvent[]): Promise<number> {
    const publishedMs = events.at(-1)?.publishedMs ?? 0;
    const rows = events.flatMap((event) => [event.event.id, event.pastMs, encodeLogEntry(event)]);
    const values = [state.fence, state.id, state.count, this.#max, maxIds, publishedMs, ...rows];
    const count = Number(await this.#redis.runScript(appendScript, [stateKey, streamKey, idsKey], values));
    if (count < 0) throw new LogChangedError('another gateway has the lease, or redis has lost entries');
    return count;
  }

  /** How often `trim` should be called, in ms. */
  get trimIntervalMs(): number {
    return Math.max(100, Math.min(maxTrimIntervalMs, this.#maxAgeMs / 10));
  }

  /** Drops entries that are too old. @throws RedisUnavailableError */
  async trim(): Promise<void> {
    await this.#redis.runScript(trimScript, [stateKey, streamKey], [this.#maxAgeMs]);
  }

  /** Reads the first entry with at least this number; null if there is none. @throws RedisUnavailableError */
  async entryFrom(number: number): Promise<LogEntry | null> {
    const rows = await this.#redis.run((client) => client.xrange(streamKey, number, '+', 'COUNT', 1));
    return decodeRows(rows)[0] ?? null;
  }

  /**
   * Reads the entries from one number to another, inclusive.
   *
   * @throws RedisUnavailableError, LogChangedError if one is missing
   */
  async *entries(from: number, to: number): AsyncGenerator<LogEntry, void> {
    for (let next = from; next <= to;) {
      const rows = await this.#redis.run((client) => client.xrange(streamKey, next, to, 'COUNT', pageSize));
      const entries = decodeRows(rows);
      if (entries.length === 0) throw new LogChangedError('the shared log no longer has an entry');
      for (const entry of entries) {
        if (entry.number !== next) throw new LogChangedError('the shared log no longer has an entry');
        yield entry;
        next += 1;
      }
    }
  }
}

/** A reader's access to the log, with a connection of its own. The reader must close it. */
export class AttachedLog {
  readonly #connection: RedisConnection;
  /** The state of the log when the reader attached. */
  readonly state: LogState;
  /** The number of the oldest entry in the log or, if the log has none, of the next entry. */
  readonly first: number;

  constructor(connection: RedisConnection, state: LogState, first: number) {
    this.#connection = connection;
    this.state = state;
    this.first = first;
  }

  /**
   * Returns the entries after a number as soon as there are any; an empty list after a second.
   *
   * @throws RedisUnavailableError
   */
  async next(after: number): Promise<LogEntry[]> {
    // Greater than the id of the entry with this number, whatever its time.
    const lastId = `${after}-18446744073709551615`;
    const streams = await this.#connection.run((client) =>
      client.xread('COUNT', pageSize, 'BLOCK', blockMs, 'STREAMS', streamKey, lastId),
    );
    // Another Redis may have taken over, with other entries under these numbers.
    if (this.#connection.state.reconnects > 0) throw new RedisUnavailableError('the connection was replaced');
    return (streams ?? []).flatMap(([, rows]) => decodeRows(rows));
  }

  close(): void {
    this.#connection.close();
  }
}

function decodeRows(rows: [id: string, fields: string[]][]): LogEntry[] {
  return rows.map(([id, fields]) => decodeLogEntry(id, fields[1] ?? ''));
}
