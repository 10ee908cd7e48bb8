import { describe, expect, it, vi } from 'vitest';

import { EventLog, LogChangedError } from '../../src/events/shared/EventLog.ts';
import type { EventLogOptions, LoggedEvent } from '../../src/events/shared/EventLog.ts';
import type { LogState } from '../../src/events/shared/LogState.ts';
import { openRedis } from '../../src/redis/openRedis.ts';
import { closeLater } from '../kit/closeLater.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import type { TestRedis } from '../kit/startRedis.ts';
import { statusEvent } from '../kit/statusEvent.ts';
import { watchedLog } from '../kit/watchedLog.ts';

const account = { prefix: 'test', baseUrl: 'http://127.0.0.1:1', account: 'firm', credentialsId: '' };

async function openLog(redis: TestRedis, options?: EventLogOptions): Promise<EventLog> {
  const connection = await openRedis(redis.url, account, watchedLog());
  closeLater(() => connection.close());
  return new EventLog(connection, options);
}

/** Attaches to the log. Like a gateway, tries again until the connection to Redis is restored after a restart. */
async function attach(log: EventLog) {
  const attached = await vi.waitFor(() => log.attach(), { timeout: 10_000 });
  closeLater(() => attached.close());
  return attached;
}

/** Takes the lease of the log, which must be free. */
async function lead(log: EventLog, token = 'one', durationMs = 60_000): Promise<LogState> {
  const { state } = await attach(log);
  const lease = { logId: state.id, isWanted: true, durationMs, leader: '' };
  const { holder, state: granted } = await log.contend(token, lease);
  expect(holder).toBe('granted');
  return granted;
}

function logged(id: string, ms = 1_000): LoggedEvent {
  return { event: statusEvent(id), pastMs: ms, publishedMs: ms, isOverlap: false };
}

async function idsFrom(log: EventLog): Promise<string[]> {
  const { state, first } = await attach(log);
  const ids: string[] = [];
  for await (const { event } of log.entries(first, state.count)) ids.push(event.id);
  return ids;
}

describe.skipIf(isWithoutRedis)('the shared log', () => {
  it('contains each event once, numbered in the order of the appends', async () => {
    const log = await openLog(await startRedis());
    const state = await lead(log);

    const count = await log.append(state, [logged('a'), logged('b'), logged('a')]);
    await log.append({ ...state, count }, [logged('b'), logged('c')]);

    expect(await idsFrom(log)).toEqual(['a', 'b', 'c']);
    const reader = await attach(log);
    expect((await reader.next(1)).map(({ number, event }) => [number, event.id])).toEqual([
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  it('refuses appends from a writer whose lease has passed to another writer', async () => {
    const redis = await startRedis();
    const [log, other] = [await openLog(redis), await openLog(redis)];
    const late = await lead(log, 'one', 1);
    await log.append(late, [logged('a')]);
    const state = await lead(other, 'two');
    const count = await other.append(state, [logged('b')]);

    await expect(log.append({ ...late, count }, [logged('late')])).rejects.toThrow(LogChangedError);
    await log.release('one');

    await other.append({ ...state, count }, [logged('c')]);
    expect(await idsFrom(other)).toEqual(['a', 'b', 'c']);
  });

  it('refuses appends from a writer that relies on entries that Redis has lost', async () => {
    const log = await openLog(await startRedis());
    const state = await lead(log);

    await expect(log.append({ ...state, count: 5 }, [logged('a')])).rejects.toThrow(LogChangedError);
    expect(await idsFrom(log)).toEqual([]);
  });

  it('has a new id after a restart of Redis, and continues cursors with the old id whose entries remain', async () => {
    const redis = await startRedis();
    const log = await openLog(redis);
    const before = await lead(log);
    await log.append(before, [logged('a'), logged('b')]);

    await redis.restart({ keepsData: true });
    const { state } = await attach(log);

    expect(state).toMatchObject({ count: 2, prior: { id: before.id, count: 2 } });
    expect(state.id).not.toBe(before.id);
    await expect(log.append({ ...before, count: 2 }, [logged('c')])).rejects.toThrow();
  });

  it('is a different log after Redis has lost its data', async () => {
    const redis = await startRedis();
    const log = await openLog(redis);
    const before = await lead(log);
    await log.append(before, [logged('a')]);

    await redis.restart({ keepsData: false });
    const { state } = await attach(log);

    expect(state).toMatchObject({ count: 0, prior: null });
    expect(state.id).not.toBe(before.id);
  });

  it('keeps entries up to its maximum number and age', async () => {
    const redis = await startRedis();
    const log = await openLog(redis, { max: 200, maxAgeMs: 0 });
    const state = await lead(log);
    const events = Array.from({ length: 1_000 }, (_, index) => logged(`event ${index}`));
    let { count } = state;
    for (let at = 0; at < events.length; at += 100) {
      count = await log.append({ ...state, count }, events.slice(at, at + 100));
    }
    const { first } = await attach(log);
    // Redis drops entries in blocks of a hundred.
    expect(count - first).toBeGreaterThanOrEqual(199);
    expect(count - first).toBeLessThan(400);

    await expect.poll(async () => (await log.trim(), (await attach(log)).first)).toBe(count + 1);
    await expect(log.entries(first, count).next()).rejects.toThrow(LogChangedError);
  });

  it('recognises duplicate events by their ids up to a recorded time', async () => {
    const log = await openLog(await startRedis(['--appendonly', 'no']));
    const state = await lead(log);
    let { count } = state;
    for (let at = 0; at < 101_000; at += 500) {
      const events = Array.from({ length: 500 }, (_, index) => logged(`event ${at + index}`, at + index));
      count = await log.append({ ...state, count }, events);
    }

    expect((await attach(log)).state.evictedMs).toBe(999);
  });
});
