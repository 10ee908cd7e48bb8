import { describe, expect, it } from 'vitest';

import { heapUsed } from '../kit/heapUsed.ts';
import { closeLater } from '../kit/closeLater.ts';
import { json, quietStream } from '../kit/StubUpstream.ts';

import { startStatusEvents } from './kit/startStatusEvents.ts';
import { line } from './kit/startScriptedGateway.ts';

describe('an aborted history', () => {
  it('fails, as it is incomplete', async () => {
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

describe('eventsSince', () => {
  it('has priority over all readers that wait for a replay', async () => {
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
    // Before a replay is queued, it waits for other readers to share it.
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

describe('subscribers that resume and leave before the feed is open', () => {
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
