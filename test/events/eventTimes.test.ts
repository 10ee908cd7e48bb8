import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { createJournals } from '../kit/createJournals.ts';
import { EventStream } from '../kit/EventStream.ts';
import { startBoth, startGateway } from '../kit/startGateway.ts';
import { subscribe } from '../kit/subscribe.ts';

import { cursorOf } from './kit/cursors.ts';
import { ago, line, startScriptedGateway } from './kit/startScriptedGateway.ts';

interface Changed {
  journalStatusChanged: { id: string; cursor: string };
}

const changed = 'subscription ($after: String) { journalStatusChanged(after: $after) { id cursor } }';
const aheadMs = -600_000;

function idsOf(events: Changed[]): string[] {
  return events.map(({ journalStatusChanged: { id } }) => id);
}

describe('an event that arrives late', () => {
  it.each(['WebSocket', 'SSE'] as const)(
    'is delivered to resumed and uninterrupted subscribers over %s',
    async (transport) => {
      const { url, feeds } = await startScriptedGateway();
      const live = await subscribe<Changed>(transport, url, changed);
      feeds[0]?.write(line(ago(0), 'now'));
      const [first] = await live.take(1);
      const resumed = await subscribe<Changed>(transport, url, changed, { after: first?.journalStatusChanged.cursor });

      feeds[0]?.write(line(ago(300_000), 'late'));
      const resumedLater = await subscribe<Changed>(transport, url, changed, {
        after: first?.journalStatusChanged.cursor,
      });

      for (const events of [live, resumed, resumedLater]) expect(idsOf(await events.take(1))).toEqual(['late']);
    },
  );

  it('is delivered to a subscriber who resumed on a restarted gateway', async () => {
    const [before, last] = [line(ago(3_000), 'before'), line(ago(2_000), 'last')];
    const old = await startScriptedGateway(undefined, -60_000);
    const first = await subscribe<Changed>('SSE', old.url, changed);
    old.feeds[0]?.write(before + last);
    const after = (await first.take(2)).at(-1)?.journalStatusChanged.cursor;
    const { url, feeds } = await startScriptedGateway((_request, response) =>
      response.end(before + last + line(ago(0), 'next')),
    );
    const resumed = await subscribe<Changed>('SSE', url, changed, { after });
    expect(idsOf(await resumed.take(1))).toEqual(['next']);

    feeds[0]?.write(line(ago(90_000), 'late'));

    expect(idsOf(await resumed.take(1))).toEqual(['late']);
  });
});

describe("an event of a gateway's first seconds that its feed receives only after a reconnect", () => {
  it.each(['WebSocket', 'SSE'] as const)(
    'is delivered to resumed and uninterrupted subscribers over %s',
    async (transport) => {
      const { url, feeds } = await startScriptedGateway();
      const live = await subscribe<Changed>(transport, url, changed);
      const [before, lost] = [line(ago(0), 'before'), line(ago(1), 'lost')];
      feeds[0]?.write(before);
      const after = (await live.take(1))[0]?.journalStatusChanged.cursor;
      const resumed = await subscribe<Changed>(transport, url, changed, { after });

      feeds[0]?.destroy();
      await expect.poll(() => feeds.length, { timeout: 5_000 }).toBe(2);
      feeds[1]?.write(before + lost);

      for (const events of [live, resumed]) expect(idsOf(await events.take(1))).toEqual(['lost']);
    },
  );
});

describe('an event with a time far in the future', () => {
  it('does not hide other events from subscribers who resume on another gateway', async () => {
    const [a, b] = [line(ago(2_000), 'a'), line(ago(1_000), 'b')];
    const old = await startScriptedGateway(undefined, -60_000);
    const first = await subscribe<Changed>('WebSocket', old.url, changed);
    old.feeds[0]?.write(a + line(ago(aheadMs), 'ahead') + b);
    const cursors = (await first.take(3)).map(({ journalStatusChanged: { cursor } }) => cursor);
    const { url, feeds } = await startScriptedGateway((_request, response) =>
      response.end(a + b + line(ago(500), 'c')),
    );

    for (const [after, missed] of [
      [cursors[1], ['b', 'c']],
      [cursors[2], ['c']],
    ] as const) {
      const resumed = await subscribe<Changed>('WebSocket', url, changed, { after });
      expect(idsOf(await resumed.take(missed.length))).toEqual(missed);
    }
    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after: cursors[2] });
    await resumed.take(1);
    feeds[0]?.write(line(ago(0), 'live'));
    expect(idsOf(await resumed.take(1))).toEqual(['live']);
  });
});

describe("a cursor ahead of the API's clock", () => {
  it('is refused with CURSOR_EXPIRED in every cursor version', async () => {
    const { url } = await startScriptedGateway((_request, response) => response.end());
    const micros = (Date.now() + 600_000) * 1_000;
    const cursors = [
      ['e1', ago(aheadMs), 'a'],
      ['e2', micros, 1_000, 'AAAAAAAA'],
      ['e2', micros, 0, '', 'gone'],
      ['e3', micros, 1_000, 'AAAAAAAA0'],
    ];

    for (const items of cursors) {
      const after = Buffer.from(JSON.stringify(items)).toString('base64url');
      const events = await subscribe<Changed>('WebSocket', url, changed, { after });
      const [error] =
        (await events.next().catch((errors: unknown) => ({ errors: errors as { extensions: object }[] }))).errors ?? [];
      expect(error?.extensions).toMatchObject({ code: 'CURSOR_EXPIRED', cursor: expect.any(String) as string });
      const history = await ask(url, `{ journalStatusEvents(after: "${after}") { nodes { id } } }`);
      expect(history.errors?.[0]?.extensions?.['code']).toBe('CURSOR_EXPIRED');
    }
  });
});

describe("a feed whose API's clock was set back", () => {
  it('delivers new events, while an earlier cursor has expired on another gateway', async () => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
    await control(sandbox, 'POST', 'clock', { advanceMs: 86_400_000 });
    const shifted = await startGateway(sandbox.url);
    const events = await subscribe<Changed>('WebSocket', shifted.url, changed);
    await createJournals(shifted.url, 1);
    const after = (await events.take(3)).at(-1)?.journalStatusChanged.cursor;

    await control(sandbox, 'POST', 'reset');
    await createJournals(gateway.url, 1);

    expect(new Set(idsOf(await events.take(3))).size).toBe(3);
    const current = await cursorOf(shifted.url);
    const other = await startGateway(sandbox.url);
    const expired = await subscribe<Changed>('WebSocket', other.url, changed, { after });
    const { errors } = await expired
      .next()
      .catch((reason: unknown) => ({ errors: reason as { extensions: object }[] }));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CURSOR_EXPIRED' });
    const resumed = await subscribe<Changed>('WebSocket', other.url, changed, { after: current });
    await createJournals(gateway.url, 1);
    const live = idsOf(await events.take(3));
    expect(idsOf(await resumed.take(3))).toEqual(live);
  });
});

describe('many events at one instant', () => {
  const at = ago(1_000);
  const count = 1_700;
  const all = Array.from({ length: count }, (_, index) =>
    line(at, `01M8JRERK7YFWDE9XB${String(index).padStart(8, '0')}`),
  );
  const ids = all.map((event) => (JSON.parse(event.slice(6)) as { event_id: string }).event_id);

  it('have cursors that fit into a header and that another gateway resumes from', async () => {
    const old = await startScriptedGateway(undefined, -60_000);
    const stream = await EventStream.post(old.url, changed);
    const cursors: string[] = [];
    for (let sent = 0; sent < count; sent += 50) {
      old.feeds[0]?.write(all.slice(sent, sent + 50).join(''));
      for (let taken = 0; taken < 50; taken += 1) cursors.push((await stream.next())?.id ?? '');
    }
    expect(Math.max(...cursors.map((cursor) => cursor.length))).toBeLessThan(1_000);

    // The replay delivers them in the order of their ids.
    const { url } = await startScriptedGateway((_request, response) =>
      response.end(all.join('') + line(ago(500), 'next')),
    );
    for (const [index, resumeUrl] of [
      [0, url],
      [20, url],
      [count / 2, url],
      [count - 1, url],
      [count / 2, old.url],
    ] as const) {
      const query = new URLSearchParams({ query: 'subscription { journalStatusChanged { id } }' }).toString();
      const headers = {
        accept: 'text/event-stream',
        'graphql-require-preflight': 'yes',
        'last-event-id': cursors[index] ?? '',
      };
      const resumed = await EventStream.open(`${resumeUrl}?${query}`, { headers });
      expect(resumed.response.status).toBe(200);
      const expected = resumeUrl === url ? [...ids.slice(index + 1), 'next'] : ids.slice(index + 1);
      for (const id of expected.slice(0, 40)) expect((await resumed.next())?.data).toContain(id);
      resumed.abort();
    }
  });

  it('have expired cursors on another gateway that cannot know which of them were delivered', async () => {
    const old = await startScriptedGateway(undefined, -60_000);
    const first = await subscribe<Changed>('WebSocket', old.url, changed);
    old.feeds[0]?.write(all.slice(100, 200).join(''));
    const after = (await first.take(100)).at(-1)?.journalStatusChanged.cursor;
    const { url } = await startScriptedGateway((_request, response) => response.end(all.slice(0, 300).join('')));

    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after });

    const { errors } = await resumed
      .next()
      .catch((reason: unknown) => ({ errors: reason as { extensions: object }[] }));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CURSOR_EXPIRED', cursor: after });
  });
});
