import { describe, expect, it } from 'vitest';

import { heapUsed } from '../kit/heapUsed.ts';
import { closeLater } from '../kit/leftovers.ts';
import { json, quietStream } from '../kit/StubUpstream.ts';

import { startStatusEvents } from './kit/startStatusEvents.ts';
import { line } from './kit/startToldGateway.ts';

describe('a history that is given up', () => {
  it('fails: what was read of it is not all', async () => {
    const statusEvents = await startStatusEvents((request, response) => {
      quietStream(request, response);
      if (request.url.includes('until')) response.write(line('2026-01-01T00:00:00Z'));
    });
    const giving = new AbortController();

    const reading = async () => {
      const read: string[] = [];
      for await (const { id } of statusEvents.eventsSince({ sinceMs: 0, isWhole: false }, giving.signal)) {
        read.push(id);
        giving.abort();
      }
    };

    await expect(reading()).rejects.toThrow('a replay was aborted');
  });
});

describe('events that are read since a moment', () => {
  it('are read before all who wait for a replay, however many there are', async () => {
    const replays: { url: string; end: () => void }[] = [];
    const statusEvents = await startStatusEvents(
      (request, response) => {
        quietStream(request, response);
        if (request.url.includes('until')) replays.push({ url: request.url, end: () => response.end() });
      },
      { replays: { streams: 1, waiting: 1 } },
    );
    const resume = (year: number) => {
      const ms = Date.UTC(year, 0);
      const reader = statusEvents.subscribe(() => true, { ms, floorMs: ms - 1, named: [{ ms, token: 'AAAAAAAA' }] });
      closeLater(() => reader.return?.());
    };
    resume(2024);
    await expect.poll(() => replays.length).toBe(1);
    resume(2025);
    // Before a replay waits in line it waits for others that want the same.
    const inLine = () => new Promise((resolve) => setTimeout(resolve, 25));
    await inLine();

    const reading = statusEvents
      .eventsSince({ sinceMs: Date.UTC(2020, 5), isWhole: false }, new AbortController().signal)
      .next();
    await inLine();
    replays[0]?.end();

    await expect.poll(() => replays.length).toBe(2);
    expect(replays[1]?.url).toContain('since=2020');
    replays[1]?.end();
    expect(await reading).toEqual({ done: true, value: undefined });
  });
});

describe('subscribers who come back and leave while the Event API has never been reached', () => {
  it('leave nothing behind', async () => {
    const statusEvents = await startStatusEvents(json(503, {}));
    const position = { ms: 1_000, floorMs: 999, named: [{ ms: 1_000, token: 'AAAAAAAA' }] };
    const visit = async (count: number) => {
      for (let done = 0; done < count; done += 1) {
        await statusEvents.subscribe(() => true, position).return?.();
      }
    };
    await visit(1_000);
    const before = await heapUsed();

    await visit(10_000);

    expect((await heapUsed()) - before).toBeLessThan(1_500_000);
  });
});
