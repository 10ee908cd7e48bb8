import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';

import { cursorAfter, cursorOf } from './kit/cursors.ts';
import { ago, line, startScriptedGateway } from './kit/startScriptedGateway.ts';

interface Changed {
  journalStatusChanged: { id: string; statusTo: string };
}

const changed = 'subscription ($after: String) { journalStatusChanged(after: $after) { id statusTo } }';
describe('an event that arrives late', () => {
  it('is delivered after a cursor that was taken before the feed had received any event', async () => {
    const { url, feeds } = await startScriptedGateway();
    const after = await cursorOf(url);
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(line(ago(1_800), 'late'));
    await live.take(1);

    const resumed = await subscribe<Changed>('SSE', url, changed, { after });

    expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe('late');
  });

  it('is delivered after that cursor by another gateway too, from a replay', async () => {
    const first = await startScriptedGateway();
    const after = await cursorOf(first.url);
    const second = await startScriptedGateway((_request, response) => response.end(line(ago(1_800), 'late')));

    const resumed = await subscribe<Changed>('WebSocket', second.url, changed, { after });

    expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe('late');
  });
});

describe('an event that arrived late while no gateway was running', () => {
  it('is delivered after a cursor that does not name it, and the events that the cursor names are not', async () => {
    const [begun, a, b] = [line(ago(55_000), 'begun'), line(ago(40_000), 'a'), line(ago(20_000), 'b')];
    // A gateway's cursors cover only events after its startup. This gateway started a minute ago.
    const first = await startScriptedGateway(undefined, -60_000);
    const live = await subscribe<Changed>('WebSocket', first.url, changed);
    first.feeds[0]?.write(begun + b + a);
    await live.take(3);
    const after = await cursorOf(first.url);

    const late = line(ago(30_000), 'late');
    const second = await startScriptedGateway((_request, response) =>
      response.end(begun + a + late + b + line(ago(500), 'next')),
    );
    const resumed = await subscribe<Changed>('SSE', second.url, changed, { after });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['late', 'next']);
  });
});

describe('a leap second', () => {
  it('is accepted as the time of an event, and the feed continues after it', async () => {
    const { url, feeds } = await startScriptedGateway();
    const events = await subscribe<Changed>('WebSocket', url, changed);

    feeds[0]?.write(line('2026-12-31T23:59:60.5Z', 'leap'));
    await events.take(1);
    feeds[0]?.destroy();
    await expect.poll(() => feeds.length, { timeout: 5_000 }).toBe(2);
    feeds[1]?.write(line('2026-12-31T23:59:60.5Z', 'leap') + line('2027-01-01T00:00:01Z', 'next'));

    expect((await events.take(1))[0]?.journalStatusChanged.id).toBe('next');
  });

  it('is accepted as a bound of a history', async () => {
    const { url } = await startScriptedGateway((_request, response) =>
      response.end(line('2016-12-31T23:59:60Z', 'leap')),
    );

    const { data } = await ask(
      url,
      '{ journalStatusEvents(since: "2016-12-31T23:59:60Z", until: "2016-12-31T23:59:60.000Z") { nodes { id } } }',
    );

    expect(data).toEqual({ journalStatusEvents: { nodes: [{ id: 'leap' }] } });
  });
});

describe('the bounds of a history', () => {
  it('are exact to the microsecond', async () => {
    const at = '2026-01-01T00:00:00.12192Z';
    const { url } = await startScriptedGateway((_request, response) => response.end(line(at, 'one')));
    const read = async (bounds: string) =>
      (await ask(url, `{ journalStatusEvents(${bounds}) { nodes { id } } }`)).data?.['journalStatusEvents'];

    expect(await read(`since: "2026-01-01T00:00:00.121919Z", until: "${at}"`)).toEqual({ nodes: [{ id: 'one' }] });
    expect(await read('since: "2026-01-01T00:00:00.121921Z"')).toEqual({ nodes: [] });
    expect(await read('since: "2025-01-01T00:00:00Z", until: "2026-01-01T00:00:00.121919Z"')).toEqual({ nodes: [] });
  });

  it('give an empty answer without an upstream call when they exclude every instant', async () => {
    const { url, stub } = await startScriptedGateway();

    const { data } = await ask(
      url,
      '{ journalStatusEvents(since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z") { nodes { id } } }',
    );

    expect(data).toEqual({ journalStatusEvents: { nodes: [] } });
    expect(stub.seen.filter((request) => request.url.includes('until'))).toEqual([]);
  });
});

describe('a replay', () => {
  it('that stays silent fails after a while and does not affect other fields of the operation', async () => {
    const { url } = await startScriptedGateway();

    const { data, errors } = await ask(
      url,
      '{ journalStatusEvents(since: "2026-01-01T00:00:00Z") { nodes { id } } journals { nodes { id } } account(id: "x") { id } }',
    );

    expect(data).toMatchObject({ journalStatusEvents: null, account: null });
    const failed = errors?.find(({ path }) => path?.[0] === 'journalStatusEvents');
    expect(failed?.extensions?.['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(failed?.message).toContain('silent');
  });

  it('that breaks is resumed after the last event that it delivered', async () => {
    const events = [
      line('2026-01-01T00:00:00Z', 'a'),
      line('2026-01-01T00:00:01Z', 'b'),
      line('2026-01-01T00:00:02Z', 'c'),
    ];
    let attempt = 0;
    const { url } = await startScriptedGateway((_request, response) => {
      attempt += 1;
      if (attempt > 1) response.end(events.join(''));
      else response.write(events.slice(0, 2).join(''), () => response.destroy());
    });
    const after = cursorAfter({ at: '2026-01-01T00:00:00.000Z', id: 'a' });

    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['b', 'c']);
  });

  it('is abandoned only after three consecutive breaks without a new event', async () => {
    const events = ['a', 'b', 'c'].map((id, index) => line(`2026-01-01T00:00:0${index}Z`, id));
    const eventsPerAttempt = [2, 0, 3, 0, 0];
    const { url } = await startScriptedGateway((_request, response) => {
      const count = eventsPerAttempt.shift() ?? 0;
      response.write(`: broken\n\n${events.slice(0, count).join('')}`, () => response.destroy());
    });
    const after = cursorAfter({ at: '2026-01-01T00:00:00.000Z', id: 'a' });

    const resumed = await subscribe<Changed>('SSE', url, changed, { after });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['b', 'c']);
    expect((await resumed.next()).errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(eventsPerAttempt).toEqual([]);
  });

  it('that ends without an event the feed has already received is read again', async () => {
    const [a, b] = [line(ago(2_000), 'a'), line(ago(1_000), 'b')];
    const answers = ['', a + b];
    const { url, feeds } = await startScriptedGateway((_request, response) => response.end(answers.shift()));
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(b);
    await live.take(1);
    const { at } = JSON.parse(a.slice(6)) as { at: string };
    const after = cursorAfter({ at, id: 'a' });

    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after });

    expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe('b');
  });

  it('uses one of at most four upstream streams, regardless of how many replays are requested', async () => {
    let open = 0;
    let mostOpen = 0;
    const { url } = await startScriptedGateway((_request, response) => {
      mostOpen = Math.max(mostOpen, (open += 1));
      setImmediate(() => {
        open -= 1;
        response.end(line('2026-01-01T00:00:00Z'));
      });
    });
    const aliases = Array.from(
      { length: 40 },
      (_, index) => `a${index}: journalStatusEvents(since: "2025-01-01T00:00:00Z") { nodes { id } }`,
    );

    const { data, errors } = await ask(url, `{ ${aliases.join('\n')} }`);

    expect(errors).toBeUndefined();
    expect(Object.keys(data ?? {})).toHaveLength(40);
    expect(mostOpen).toBeLessThanOrEqual(4);
  });
});

describe('a subscriber who resumes', () => {
  const cursorOfA = cursorAfter({ at: '2026-01-01T00:00:00.000Z', id: 'a' });
  const a = line('2026-01-01T00:00:00Z', 'a');

  it('before the feed is open waits for it and receives the events that happened meanwhile', async () => {
    let isUp = false;
    const past = [a];
    const stub = await StubUpstream.start(json(404, {}), (request, response) => {
      if (!isUp) return json(503, {})(request, response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (request.url.includes('until')) response.end(past.join(''));
      else response.write(': welcome\n\n');
    });
    const { url } = await startGateway(stub.url);
    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after: cursorOfA });

    past.push(line(ago(1_000), 'meanwhile'));
    isUp = true;

    expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe('meanwhile');
  });

  it('misses nothing when the first replay lacks events that the feed has delivered', async () => {
    const [b, c] = [line(ago(500), 'b'), line(ago(400), 'c')];
    let attempt = 0;
    const { url, feeds } = await startScriptedGateway((_request, response) =>
      response.end((attempt += 1) === 1 ? a : a + b + c),
    );
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(b + c);
    await live.take(2);

    const resumed = await subscribe<Changed>('SSE', url, changed, { after: cursorOfA });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['b', 'c']);
    expect(attempt).toBe(2);
  });

  it('receives an event that arrived late, after a newer one of another account', async () => {
    const [later, late] = [line(ago(500), 'later'), line(ago(900), 'late')];
    const { url, feeds } = await startScriptedGateway((_request, response) => response.write(a + late + later));
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(later + late);
    await live.take(2);

    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after: cursorOfA });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['late', 'later']);
  });

  it('within a millisecond receives the events its cursor does not name, whatever order the feed had', async () => {
    const at = ago(500);
    const events = line(at, 'two') + line(at, 'one');
    const { url, feeds } = await startScriptedGateway((_request, response) => response.end(events));
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(events);
    await live.take(2);
    const cursorAt = (id: string) => cursorAfter({ at, id });

    for (const [known, missing] of [
      ['one', 'two'],
      ['two', 'one'],
    ] as const) {
      const resumed = await subscribe<Changed>('WebSocket', url, changed, { after: cursorAt(known) });
      expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe(missing);
    }
  });
});

describe('a cursor of the last event', () => {
  it('does not expire because a replay delivers that event slowly', async () => {
    const before = ago(1_000);
    const last = ago(500);
    const { url, feeds } = await startScriptedGateway((_request, response) => {
      response.write(line(before, 'before'));
      // Longer than the gateway keeps listening to a replay that is complete.
      setTimeout(() => response.end(line(last, 'last')), 300);
    });
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(line(last, 'last'));
    await live.take(1);
    const after = await cursorOf(url);

    const { data, errors } = await ask(url, `{ journalStatusEvents(after: "${after}") { nodes { id } } }`);

    expect(errors).toBeUndefined();
    expect(data).toEqual({ journalStatusEvents: { nodes: [] } });
  });
});

describe('an instant outside the years 0000 to 9999', () => {
  it('makes an event unreadable, and the feed continues', async () => {
    const { url, feeds } = await startScriptedGateway();
    const events = await subscribe<Changed>('WebSocket', url, changed);

    feeds[0]?.write(line('9999-12-31T23:59:59-01:00', 'never') + line(ago(0), 'now'));
    expect((await events.take(1))[0]?.journalStatusChanged.id).toBe('now');
    feeds[0]?.destroy();
    await expect.poll(() => feeds.length, { timeout: 5_000 }).toBe(2);
    feeds[1]?.write(line(ago(0), 'next'));

    expect((await events.take(1))[0]?.journalStatusChanged.id).toBe('next');
  });

  it.each(['0000-01-01T00:00:00+23:59', '9999-12-31T23:59:59-01:00', '9999-12-31T23:59:60Z'])(
    'is refused as an argument: %s',
    async (since) => {
      const { url } = await startScriptedGateway();

      const { errors } = await ask(url, `{ journalStatusEvents(since: "${since}") { nodes { id } } }`);

      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    },
  );
});
