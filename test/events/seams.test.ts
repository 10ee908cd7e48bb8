import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import type { StatusEventsOptions } from '../../src/events/StatusEvents.ts';
import type { StatusReader } from '../../src/events/feed/StatusReader.ts';
import { stampOf } from '../../src/events/cursor/eventStamp.ts';
import { statusEvent } from '../kit/statusEvent.ts';
import { quietStream } from '../kit/StubUpstream.ts';

import { openStatusEvents, startStatusEvents } from './kit/startStatusEvents.ts';
import { ago, line } from './kit/startToldGateway.ts';

const a = { ...statusEvent('a'), at: '2026-01-01T00:00:00.000Z' };
const lineOfA = line(a.at, a.id);
/** The place behind it. */
const { ms, token } = stampOf(a);
const behindA = { ms, floorMs: ms - 1, named: [{ ms, token }] };

/** A feed and replays that say what the test does, and somebody who hears what is told. */
async function start(options?: StatusEventsOptions) {
  const feeds: ServerResponse[] = [];
  const replays: ServerResponse[] = [];
  const statusEvents = await startStatusEvents((request, response) => {
    quietStream(request, response);
    (request.url.includes('until') ? replays : feeds).push(response);
  }, options);
  const live = statusEvents.subscribe(() => true, null);
  const tell = async (lines: string[]) => {
    for (const told of lines) {
      feeds[0]?.write(told);
      await take(live, 1);
    }
  };
  const replay = async (number: number) => {
    await expect.poll(() => replays.length).toBe(number);
    return replays[number - 1];
  };
  return { statusEvents, tell, replay };
}

async function take(reader: StatusReader, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const { value } = await reader.next();
    if (!value) throw new Error('it has ended');
    ids.push(value.event.id);
  }
  return ids;
}

describe('between past and present', () => {
  it('more happens than the window holds: that is replayed too', async () => {
    const { statusEvents, tell, replay } = await start({ window: { max: 4 } });
    const known = line(ago(100), 'known');
    await tell([known]);
    const reader = statusEvents.subscribe(() => true, behindA);
    const first = await replay(1);
    const ids = Array.from({ length: 20 }, (_, index) => `event-${index}`);
    const meanwhile = ids.map((id) => line(ago(0), id));

    await tell(meanwhile);
    first?.end(lineOfA + known);
    (await replay(2))?.end(lineOfA + known + meanwhile.join(''));

    expect(await take(reader, 21)).toEqual(['known', ...ids]);
  });

  it('an event comes twice, in the replay and then live, and is told once', async () => {
    const { statusEvents, tell, replay } = await start();
    const [both, known] = [line(ago(200), 'both'), line(ago(100), 'known')];
    await tell([known]);
    const reader = statusEvents.subscribe(() => true, behindA);
    (await replay(1))?.end(lineOfA + both + known);
    expect(await take(reader, 2)).toEqual(['both', 'known']);

    const next = take(reader, 1);
    await tell([both, line(ago(0), 'next')]);

    expect(await next).toEqual(['next']);
  });

  it('a reader leaves while others share its replay, who miss nothing', async () => {
    const { statusEvents, tell, replay } = await start();
    const [before, known] = [line(ago(200), 'before'), line(ago(100), 'known')];
    await tell([known]);
    const [leaver, stayer] = [0, 1].map(() => statusEvents.subscribe(() => true, behindA));
    const shared = await replay(1);
    shared?.write(lineOfA + before);
    if (!leaver || !stayer) throw new Error('there are two');
    expect(await take(leaver, 1)).toEqual(['before']);

    await leaver.return?.();
    shared?.end(known);

    expect(await take(stayer, 2)).toEqual(['before', 'known']);
    expect(await leaver.next()).toEqual({ done: true, value: undefined });
  });

  it('the last reader of a replay leaves, and its stream is closed', async () => {
    const { statusEvents, replay } = await start();
    const reader = statusEvents.subscribe(() => true, behindA);
    const stream = await replay(1);
    stream?.write(lineOfA);

    await reader.return?.();

    await expect.poll(() => stream?.destroyed).toBe(true);
    await expect.poll(() => statusEvents.state.openReplays).toBe(0);
  });
});

describe('the stream of a replay', () => {
  it('is closed when all that was known has come, whatever the API still does', async () => {
    const { statusEvents, tell, replay } = await start();
    const known = line(ago(100), 'known');
    await tell([known]);
    const reader = statusEvents.subscribe(() => true, behindA);
    const stream = await replay(1);

    stream?.write(lineOfA + known);

    expect(await take(reader, 1)).toEqual(['known']);
    await expect.poll(() => stream?.destroyed).toBe(true);
    await expect.poll(() => statusEvents.state.openReplays).toBe(0);
  });

  it('is not opened for who has left while it waited for its turn', async () => {
    const { statusEvents, replay } = await start({ replays: { streams: 1 } });
    const readerSince = (year: number) => {
      const sinceMs = Date.UTC(year, 5);
      return statusEvents.subscribe(() => true, { ms: sinceMs, floorMs: sinceMs - 1, named: [{ ms: sinceMs, token }] });
    };
    readerSince(2022);
    const first = await replay(1);
    const leaver = readerSince(2023);
    // Before a replay waits in line it waits for others that want the same.
    await new Promise((resolve) => setTimeout(resolve, 25));

    await leaver.return?.();
    readerSince(2024);
    first?.end();

    expect((await replay(2))?.req.url).toContain('since=2024');
  });
});

describe('a reader that takes nothing', () => {
  it('of its past lets others have the stream, and reads on when it takes what waits', async () => {
    const { statusEvents, tell, replay } = await start({ replays: { streams: 1 } });
    const ids = Array.from({ length: 2_000 }, (_, index) => `event-${index}`);
    const lines = ids.map((id, index) => line(new Date(ms + 1 + index).toISOString(), id));
    await tell([line(ago(100), 'known')]);
    const reader = statusEvents.subscribe(() => true, behindA);

    const first = await replay(1);
    first?.write(lineOfA + lines.join(''));
    await expect.poll(() => first?.destroyed, { timeout: 10_000 }).toBe(true);
    await expect.poll(() => statusEvents.state.openReplays).toBe(0);
    // Told while no replay was open, and dated before what was replayed.
    const late = line(a.at, 'late');
    await tell([late]);

    const taken = await take(reader, 512);
    const rest = take(reader, ids.length - taken.length);
    (await replay(2))?.write(lineOfA + late + lines.join('') + line(ago(100), 'known'));

    expect([...taken, ...(await rest)]).toEqual(ids);
    expect(statusEvents.state.overflows).toBe(0);
    expect(await take(reader, 1)).toEqual(['known']);
    expect(await take(reader, 1)).toEqual(['late']);
  });

  const openings = { after: true, fromNowOn: false };
  it.each(Object.entries(openings))(
    'is ended when the window has lost what it has not taken: %s',
    async (_, isBehind) => {
      const { statusEvents, tell } = await start({ window: { max: 4 } });
      await tell([line(ago(200), 'before')]);
      const mark = statusEvents.mark;
      const position = isBehind ? (mark?.position ?? null) : null;
      const reader = statusEvents.subscribe(
        () => true,
        position,
        () => false,
      );
      await tell([line(ago(100), 'behind')]);
      expect(await take(reader, 1)).toEqual(['behind']);
      const behind = statusEvents.mark?.cursor;

      await tell(Array.from({ length: 20 }, (_, index) => line(ago(0), `event-${index}`)));

      await expect(reader.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER', cursor: behind });
      expect(await reader.next()).toEqual({ done: true, value: undefined });
      expect(statusEvents.state.overflows).toBe(1);
    },
  );
});

describe('a reader that was there before the feed began, takes nothing, and is left behind', () => {
  it('is told the beginning of the feed: everything is behind it', async () => {
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

describe('a reader that the window has left behind though it takes what it is given', () => {
  it('reads on from the API, and joins the others again', async () => {
    const { statusEvents, tell, replay } = await start({ window: { max: 4 } });
    const reader = statusEvents.subscribe(() => true, null);
    const lines = Array.from({ length: 40 }, (_, index) => line(ago(1_000 - index), `event-${index}`));
    await tell(lines.slice(0, 2));
    expect(await take(reader, 1)).toEqual(['event-0']);
    await tell(lines.slice(2));

    const rest = take(reader, 40);
    (await replay(1))?.end(lines.join(''));
    await expect.poll(() => statusEvents.state.subscribers).toBe(2);
    await tell([line(ago(0), 'live')]);

    expect(await rest).toEqual([...Array.from({ length: 39 }, (_, index) => `event-${index + 1}`), 'live']);
  });
});
