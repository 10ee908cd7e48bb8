import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import type { StatusEventsOptions } from '../../src/events/StatusEvents.ts';
import type { StatusReader } from '../../src/events/feed/StatusReader.ts';
import { stampOf } from '../../src/events/cursor/eventStamp.ts';
import { statusEvent } from '../kit/statusEvent.ts';
import { quietStream } from '../kit/StubUpstream.ts';

import { openStatusEvents, startStatusEvents } from './kit/startStatusEvents.ts';
import { ago, line } from './kit/startScriptedGateway.ts';

const a = { ...statusEvent('a'), at: '2026-01-01T00:00:00.000Z' };
const lineOfA = line(a.at, a.id);
/** The position of the event `a`. */
const { ms, token } = stampOf(a);
const afterA = { ms, floorMs: ms - 1, named: [{ ms, token }] };

/** Starts a feed and replays that send the events of the test, with one subscriber that reads them. */
async function start(options?: StatusEventsOptions) {
  const feeds: ServerResponse[] = [];
  const replays: ServerResponse[] = [];
  const statusEvents = await startStatusEvents((request, response) => {
    quietStream(request, response);
    (request.url.includes('until') ? replays : feeds).push(response);
  }, options);
  const live = statusEvents.subscribe(() => true, null);
  const emit = async (lines: string[]) => {
    for (const text of lines) {
      feeds[0]?.write(text);
      await take(live, 1);
    }
  };
  const replay = async (number: number) => {
    await expect.poll(() => replays.length).toBe(number);
    return replays[number - 1];
  };
  return { statusEvents, emit, replay };
}

async function take(reader: StatusReader, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const { value } = await reader.next();
    if (!value) throw new Error('the reader has ended');
    ids.push(value.event.id);
  }
  return ids;
}

describe('a reader that resumes', () => {
  it('reads a second replay if more events arrive during the first than the window holds', async () => {
    const { statusEvents, emit, replay } = await start({ window: { max: 4 } });
    const known = line(ago(100), 'known');
    await emit([known]);
    const reader = statusEvents.subscribe(() => true, afterA);
    const first = await replay(1);
    const ids = Array.from({ length: 20 }, (_, index) => `event-${index}`);
    const meanwhile = ids.map((id) => line(ago(0), id));

    await emit(meanwhile);
    first?.end(lineOfA + known);
    (await replay(2))?.end(lineOfA + known + meanwhile.join(''));

    expect(await take(reader, 21)).toEqual(['known', ...ids]);
  });

  it('receives an event once if both the replay and the live feed deliver it', async () => {
    const { statusEvents, emit, replay } = await start();
    const [both, known] = [line(ago(200), 'both'), line(ago(100), 'known')];
    await emit([known]);
    const reader = statusEvents.subscribe(() => true, afterA);
    (await replay(1))?.end(lineOfA + both + known);
    expect(await take(reader, 2)).toEqual(['both', 'known']);

    const next = take(reader, 1);
    await emit([both, line(ago(0), 'next')]);

    expect(await next).toEqual(['next']);
  });

  it('misses nothing if another reader of the shared replay leaves', async () => {
    const { statusEvents, emit, replay } = await start();
    const [before, known] = [line(ago(200), 'before'), line(ago(100), 'known')];
    await emit([known]);
    const [leaver, stayer] = [0, 1].map(() => statusEvents.subscribe(() => true, afterA));
    const shared = await replay(1);
    shared?.write(lineOfA + before);
    if (!leaver || !stayer) throw new Error('expected two readers');
    expect(await take(leaver, 1)).toEqual(['before']);

    await leaver.return?.();
    shared?.end(known);

    expect(await take(stayer, 2)).toEqual(['before', 'known']);
    expect(await leaver.next()).toEqual({ done: true, value: undefined });
  });

  it('closes the stream of the replay if it leaves as the last reader', async () => {
    const { statusEvents, replay } = await start();
    const reader = statusEvents.subscribe(() => true, afterA);
    const stream = await replay(1);
    stream?.write(lineOfA);

    await reader.return?.();

    await expect.poll(() => stream?.destroyed).toBe(true);
    await expect.poll(() => statusEvents.state.openReplays).toBe(0);
  });
});

describe('the stream of a replay', () => {
  it('is closed once every known event has arrived, even if the API keeps it open', async () => {
    const { statusEvents, emit, replay } = await start();
    const known = line(ago(100), 'known');
    await emit([known]);
    const reader = statusEvents.subscribe(() => true, afterA);
    const stream = await replay(1);

    stream?.write(lineOfA + known);

    expect(await take(reader, 1)).toEqual(['known']);
    await expect.poll(() => stream?.destroyed).toBe(true);
    await expect.poll(() => statusEvents.state.openReplays).toBe(0);
  });

  it('is not opened for a reader that left while its replay was queued', async () => {
    const { statusEvents, replay } = await start({ replays: { streams: 1 } });
    const readerSince = (year: number) => {
      const sinceMs = Date.UTC(year, 5);
      return statusEvents.subscribe(() => true, { ms: sinceMs, floorMs: sinceMs - 1, named: [{ ms: sinceMs, token }] });
    };
    readerSince(2022);
    const first = await replay(1);
    const leaver = readerSince(2023);
    // Before a replay is queued, it waits for other readers to share it.
    await new Promise((resolve) => setTimeout(resolve, 25));

    await leaver.return?.();
    readerSince(2024);
    first?.end();

    expect((await replay(2))?.req.url).toContain('since=2024');
  });
});

describe('a reader that stops reading', () => {
  it('during its replay frees the stream, and continues when it reads again', async () => {
    const { statusEvents, emit, replay } = await start({ replays: { streams: 1 } });
    const ids = Array.from({ length: 2_000 }, (_, index) => `event-${index}`);
    const lines = ids.map((id, index) => line(new Date(ms + 1 + index).toISOString(), id));
    await emit([line(ago(100), 'known')]);
    const reader = statusEvents.subscribe(() => true, afterA);

    const first = await replay(1);
    first?.write(lineOfA + lines.join(''));
    await expect.poll(() => first?.destroyed, { timeout: 10_000 }).toBe(true);
    await expect.poll(() => statusEvents.state.openReplays).toBe(0);
    // Arrives while no replay is open, with a time before the replayed events.
    const late = line(a.at, 'late');
    await emit([late]);

    const taken = await take(reader, 512);
    const rest = take(reader, ids.length - taken.length);
    (await replay(2))?.write(lineOfA + late + lines.join('') + line(ago(100), 'known'));

    expect([...taken, ...(await rest)]).toEqual(ids);
    expect(statusEvents.state.overflows).toBe(0);
    expect(await take(reader, 1)).toEqual(['known']);
    expect(await take(reader, 1)).toEqual(['late']);
  });

  const openings = { 'after a cursor': true, 'from now on': false };
  it.each(Object.entries(openings))(
    'and was opened %s ends once the window has dropped its next event',
    async (_, isAfterCursor) => {
      const { statusEvents, emit } = await start({ window: { max: 4 } });
      await emit([line(ago(200), 'before')]);
      const mark = statusEvents.mark;
      const position = isAfterCursor ? (mark?.position ?? null) : null;
      const reader = statusEvents.subscribe(
        () => true,
        position,
        () => false,
      );
      await emit([line(ago(100), 'read')]);
      expect(await take(reader, 1)).toEqual(['read']);
      const lastRead = statusEvents.mark?.cursor;

      await emit(Array.from({ length: 20 }, (_, index) => line(ago(0), `event-${index}`)));

      await expect(reader.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER', cursor: lastRead });
      expect(await reader.next()).toEqual({ done: true, value: undefined });
      expect(statusEvents.state.overflows).toBe(1);
    },
  );
});

describe('a reader that subscribed before the feed was open and never reads', () => {
  it("ends with the cursor of the feed's beginning, so that it can resume from there", async () => {
    const feeds: ServerResponse[] = [];
    const statusEvents = await openStatusEvents(
      (request, response) => {
        quietStream(request, response);
        feeds.push(response);
      },
      { window: { max: 1 } },
    );
    const reader = statusEvents.subscribe(
      () => true,
      null,
      () => false,
    );
    statusEvents.start();
    await statusEvents.firstAttempt;
    const beginning = statusEvents.mark?.cursor;

    const other = statusEvents.subscribe(() => true, null);
    feeds[0]?.write(['a', 'b', 'c', 'd'].map((id) => line(ago(0), id)).join(''));
    await take(other, 4);

    await expect(reader.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER', cursor: beginning });
  });
});

describe('a reader that falls behind the window while it is still reading', () => {
  it('catches up from the API and rejoins the live feed', async () => {
    const { statusEvents, emit, replay } = await start({ window: { max: 4 } });
    const reader = statusEvents.subscribe(() => true, null);
    const lines = Array.from({ length: 40 }, (_, index) => line(ago(1_000 - index), `event-${index}`));
    await emit(lines.slice(0, 2));
    expect(await take(reader, 1)).toEqual(['event-0']);
    await emit(lines.slice(2));

    const rest = take(reader, 40);
    (await replay(1))?.end(lines.join(''));
    await expect.poll(() => statusEvents.state.subscribers).toBe(2);
    await emit([line(ago(0), 'live')]);

    expect(await rest).toEqual([...Array.from({ length: 39 }, (_, index) => `event-${index + 1}`), 'live']);
  });
});
