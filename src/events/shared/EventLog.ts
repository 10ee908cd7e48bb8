import { randomBytes } from 'node:crypto';

import type { RedisConnection } from '../../redis/RedisConnection.ts';
import { RedisUnavailableError } from '../../redis/RedisUnavailableError.ts';

import { decodeLogEntry, encodeLogEntry } from './LogEntry.ts';
import type { LogEntry } from './LogEntry.ts';
import { appendScript, attachScript, leaseScript, releaseScript, trimScript } from './logScripts.ts';
import { decodeLogState } from './LogState.ts';
import type { LogState } from './LogState.ts';

export interface EventLogOptions {
  /** Entries kept, at most. Default 100,000. */
  max?: number | undefined;
  /** For how long they are kept, in ms. Default a day. */
  maxAgeMs?: number | undefined;
}

/** An event to append, with its time: never ahead of the API's clock. */
export interface LoggedEvent extends Omit<LogEntry, 'number'> {
  readonly pastMs: number;
}

/** Who has the lease; `free` if nobody has it and this gateway does not want it. */
const holders = ['granted', 'held', 'other', 'free'] as const;

/** The shared log has changed unexpectedly: it has another writer, was replaced, or no longer has an entry. */
export class LogChangedError extends Error {
  override readonly name = 'LogChangedError';
}

/** Ids by which repeated events are recognised: as many as a process keeps for its own stream. */
const maxIds = 100_000;
/** Entries of one read. */
const pageSize = 500;
/** How long a read waits for the next entry, in ms. */
const blockMs = 1_000;
/** How long a read may take in all, in ms. */
const readTimeoutMs = 2_000;
/** How many commands in a row must be answered in time before a reader connects. */
const answersInTime = 5;
const maxTrimIntervalMs = 10_000;

const [stateKey, streamKey, idsKey, leaseKey] = ['feed', 'feed:entries', 'feed:ids', 'feed:lease'];

/** The log of status events in Redis that several gateways share. One of them writes, all read. Knows no roles itself. */
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
   * Connects for reading, unless Redis is often too slow. In that case no gateway could hold the lease, so each is better
   * off with a stream of its own.
   *
   * @throws RedisUnavailableError
   */
  async attach(): Promise<AttachedLog> {
    for (let answers = 0; answers < answersInTime; answers += 1) await this.#redis.run((client) => client.ping());
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

  /** @throws RedisUnavailableError | LogChangedError */
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

  /** Ends the lease if it still has this token. @throws RedisUnavailableError */
  async release(token: string): Promise<void> {
    await this.#redis.runScript(releaseScript, [leaseKey, stateKey], [token]);
  }

  /** Notes since when the log is complete, unless that is noted. @throws RedisUnavailableError */
  async begin(ms: number): Promise<void> {
    await this.#redis.run((client) => client.hsetnx(stateKey, 'began', String(ms)));
  }

  /** Since when the log is complete, in unix ms. @throws RedisUnavailableError | LogChangedError */
  async beganMs(): Promise<number> {
    const text = await this.#redis.run((client) => client.hget(stateKey, 'began'));
    if (text === null) throw new LogChangedError('the shared log has not begun');
    return Number(text);
  }

  /**
   * Appends what the log does not contain yet.
   *
   * @returns the state after it
   * @throws RedisUnavailableError if it may have been appended, LogChangedError if not
   */
  async append(state: Pick<LogState, 'id' | 'fence' | 'count'>, events: readonly LoggedEvent[]): Promise<number> {
    const publishedMs = events.at(-1)?.publishedMs ?? 0;
    const rows = events.flatMap((event) => [event.event.id, event.pastMs, encodeLogEntry(event)]);
    const values = [state.fence, state.id, state.count, this.#max, maxIds, publishedMs, ...rows];
    const count = Number(await this.#redis.runScript(appendScript, [stateKey, streamKey, idsKey], values));
    if (count < 0) throw new LogChangedError('another gateway has the lease, or redis has lost entries');
    return count;
  }

  /** How often old entries are to be dropped, in ms. */
  get trimIntervalMs(): number {
    return Math.max(100, Math.min(maxTrimIntervalMs, this.#maxAgeMs / 10));
  }

  /** Drops entries that are too old. @throws RedisUnavailableError */
  async trim(): Promise<void> {
    await this.#redis.runScript(trimScript, [stateKey, streamKey], [this.#maxAgeMs]);
  }

  /** The entry with this number, or the next one. @throws RedisUnavailableError */
  async entryFrom(number: number): Promise<LogEntry | null> {
    const rows = await this.#redis.run((client) => client.xrange(streamKey, number, '+', 'COUNT', 1));
    return decodeRows(rows)[0] ?? null;
  }

  /** The entries of a range of numbers, both included. @throws RedisUnavailableError, LogChangedError if one is missing */
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

/** The log as one reader sees it, over a connection of its own. To be closed. */
export class AttachedLog {
  readonly #connection: RedisConnection;
  readonly state: LogState;
  /** The number of the first entry that the log still has, or will have. */
  readonly first: number;

  constructor(connection: RedisConnection, state: LogState, first: number) {
    this.#connection = connection;
    this.state = state;
    this.first = first;
  }

  /** The next entries after a number, as soon as there are some; none after a second. @throws RedisUnavailableError */
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
