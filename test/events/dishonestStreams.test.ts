import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';

import { ago, line, startToldGateway } from './kit/startToldGateway.ts';

interface Changed {
  journalStatusChanged: { id: string; statusTo: string };
}

const changed = 'subscription ($after: String) { journalStatusChanged(after: $after) { id statusTo } }';
async function cursorOf(url: string): Promise<string> {
  return (await ask<{ journalStatusCursor: string }>(url, '{ journalStatusCursor }')).data?.journalStatusCursor ?? '';
}

describe('an event that is told late', () => {
  it('is behind a cursor that was taken before the feed had any', async () => {
    const { url, feeds } = await startToldGateway();
    const after = await cursorOf(url);
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(line(ago(1_800), 'late'));
    await live.take(1);

    const resumed = await subscribe<Changed>('SSE', url, changed, { after });

    expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe('late');
  });

  it('is behind it on another gateway too, which gets it from a replay', async () => {
    const first = await startToldGateway();
    const after = await cursorOf(first.url);
    const second = await startToldGateway((_request, response) => response.end(line(ago(1_800), 'late')));

    const resumed = await subscribe<Changed>('WebSocket', second.url, changed, { after });

    expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe('late');
  });
});

describe('an event that was told late while no gateway listened', () => {
  it('is behind a cursor that does not name it, and what the cursor names is not', async () => {
    const [begun, a, b] = [line(ago(55_000), 'begun'), line(ago(40_000), 'a'), line(ago(20_000), 'b')];
    // A gateway vouches for what happened after it began: this one did a minute ago.
    const first = await startToldGateway(undefined, -60_000);
    const live = await subscribe<Changed>('WebSocket', first.url, changed);
    first.feeds[0]?.write(begun + b + a);
    await live.take(3);
    const after = await cursorOf(first.url);

    const late = line(ago(30_000), 'late');
    const second = await startToldGateway((_request, response) =>
      response.end(begun + a + late + b + line(ago(500), 'next')),
    );
    const resumed = await subscribe<Changed>('SSE', second.url, changed, { after });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['late', 'next']);
  });
});

describe('a leap second', () => {
  it('is an instant like any other, and the feed goes on after it', async () => {
    const { url, feeds } = await startToldGateway();
    const events = await subscribe<Changed>('WebSocket', url, changed);

    feeds[0]?.write(line('2026-12-31T23:59:60.5Z', 'leap'));
    await events.take(1);
    feeds[0]?.destroy();
    await expect.poll(() => feeds.length, { timeout: 5_000 }).toBe(2);
    feeds[1]?.write(line('2026-12-31T23:59:60.5Z', 'leap') + line('2027-01-01T00:00:01Z', 'next'));

    expect((await events.take(1))[0]?.journalStatusChanged.id).toBe('next');
  });

  it('can bound a history', async () => {
    const { url } = await startToldGateway((_request, response) => response.end(line('2016-12-31T23:59:60Z', 'leap')));

    const { data } = await ask(
      url,
      '{ journalStatusEvents(since: "2016-12-31T23:59:60Z", until: "2016-12-31T23:59:60.000Z") { nodes { id } } }',
    );

    expect(data).toEqual({ journalStatusEvents: { nodes: [{ id: 'leap' }] } });
  });
});

describe('the bounds of a history', () => {
  it('are kept to the microsecond', async () => {
    const at = '2026-01-01T00:00:00.12192Z';
    const { url } = await startToldGateway((_request, response) => response.end(line(at, 'one')));
    const read = async (bounds: string) =>
      (await ask(url, `{ journalStatusEvents(${bounds}) { nodes { id } } }`)).data?.['journalStatusEvents'];

    expect(await read(`since: "2026-01-01T00:00:00.121919Z", until: "${at}"`)).toEqual({ nodes: [{ id: 'one' }] });
    expect(await read('since: "2026-01-01T00:00:00.121921Z"')).toEqual({ nodes: [] });
    expect(await read('since: "2025-01-01T00:00:00Z", until: "2026-01-01T00:00:00.121919Z"')).toEqual({ nodes: [] });
  });

  it('that leave no time between them are answered without a call', async () => {
    const { url, stub } = await startToldGateway();

    const { data } = await ask(
      url,
      '{ journalStatusEvents(since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z") { nodes { id } } }',
    );

    expect(data).toEqual({ journalStatusEvents: { nodes: [] } });
    expect(stub.seen.filter((request) => request.url.includes('until'))).toEqual([]);
  });
});

describe('a replay', () => {
  it('that says nothing fails in the end, and leaves its neighbours alone', async () => {
    const { url } = await startToldGateway();

    const { data, errors } = await ask(
      url,
      '{ journalStatusEvents(since: "2026-01-01T00:00:00Z") { nodes { id } } journals { nodes { id } } account(id: "x") { id } }',
    );

    expect(data).toMatchObject({ journalStatusEvents: null, account: null });
    const failed = errors?.find(({ path }) => path?.[0] === 'journalStatusEvents');
    expect(failed?.extensions?.['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(failed?.message).toContain('silent');
  });

  it('that breaks is taken up again behind the last event that it brought', async () => {
    const events = [
      line('2026-01-01T00:00:00Z', 'a'),
      line('2026-01-01T00:00:01Z', 'b'),
      line('2026-01-01T00:00:02Z', 'c'),
    ];
    let attempt = 0;
    const { url } = await startToldGateway((_request, response) => {
      attempt += 1;
      if (attempt > 1) response.end(events.join(''));
      else response.write(events.slice(0, 2).join(''), () => response.destroy());
    });
    const after = Buffer.from(JSON.stringify(['e1', '2026-01-01T00:00:00.000Z', 'a'])).toString('base64url');

    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['b', 'c']);
  });

  it('that breaks again and again is given up when it has done so three times without an event between, not before', async () => {
    const events = ['a', 'b', 'c'].map((id, index) => line(`2026-01-01T00:00:0${index}Z`, id));
    const brought = [2, 0, 3, 0, 0];
    const { url } = await startToldGateway((_request, response) => {
      const count = brought.shift() ?? 0;
      response.write(`: broken\n\n${events.slice(0, count).join('')}`, () => response.destroy());
    });
    const after = Buffer.from(JSON.stringify(['e1', '2026-01-01T00:00:00.000Z', 'a'])).toString('base64url');

    const resumed = await subscribe<Changed>('SSE', url, changed, { after });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['b', 'c']);
    expect((await resumed.next()).errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(brought).toEqual([]);
  });

  it('that ends before it has brought what is known to have happened proves nothing, and is read again', async () => {
    const [a, b] = [line(ago(2_000), 'a'), line(ago(1_000), 'b')];
    const answers = ['', a + b];
    const { url, feeds } = await startToldGateway((_request, response) => response.end(answers.shift()));
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(b);
    await live.take(1);
    const { at } = JSON.parse(a.slice(6)) as { at: string };
    const after = Buffer.from(JSON.stringify(['e1', at, 'a'])).toString('base64url');

    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after });

    expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe('b');
  });

  it('shares four streams with all others, however many ask', async () => {
    let open = 0;
    let mostOpen = 0;
    const { url } = await startToldGateway((_request, response) => {
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
  const cursorOfA = Buffer.from(JSON.stringify(['e1', '2026-01-01T00:00:00.000Z', 'a'])).toString('base64url');
  const a = line('2026-01-01T00:00:00Z', 'a');

  it('before the feed has begun waits for it, and gets what happened until then', async () => {
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

  it('is not told that a replay was whole when it lacked what the feed has told', async () => {
    const [b, c] = [line(ago(500), 'b'), line(ago(400), 'c')];
    let attempt = 0;
    const { url, feeds } = await startToldGateway((_request, response) =>
      response.end((attempt += 1) === 1 ? a : a + b + c),
    );
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(b + c);
    await live.take(2);

    const resumed = await subscribe<Changed>('SSE', url, changed, { after: cursorOfA });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['b', 'c']);
    expect(attempt).toBe(2);
  });

  it('gets an event that was told late, behind a later one of another account', async () => {
    const [later, late] = [line(ago(500), 'later'), line(ago(900), 'late')];
    const { url, feeds } = await startToldGateway((_request, response) => response.write(a + late + later));
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(later + late);
    await live.take(2);

    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after: cursorOfA });

    expect((await resumed.take(2)).map((event) => event.journalStatusChanged.id)).toEqual(['late', 'later']);
  });

  it('in a millisecond that this gateway heard in another order gets what its cursor does not name', async () => {
    const at = ago(500);
    const told = line(at, 'two') + line(at, 'one');
    const { url, feeds } = await startToldGateway((_request, response) => response.end(told));
    const live = await subscribe<Changed>('WebSocket', url, changed);
    feeds[0]?.write(told);
    await live.take(2);
    const behind = (id: string) => Buffer.from(JSON.stringify(['e1', at, id])).toString('base64url');

    for (const [known, missing] of [
      ['one', 'two'],
      ['two', 'one'],
    ] as const) {
      const resumed = await subscribe<Changed>('WebSocket', url, changed, { after: behind(known) });
      expect((await resumed.take(1))[0]?.journalStatusChanged.id).toBe(missing);
    }
  });
});

describe('a cursor at the last event', () => {
  it('has not expired because a replay brings its event slowly', async () => {
    const before = ago(1_000);
    const last = ago(500);
    const { url, feeds } = await startToldGateway((_request, response) => {
      response.write(line(before, 'before'));
      // Longer than a replay that has brought everything is listened to.
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

describe('an instant that no calendar of four digits holds', () => {
  it('is an event that can not be read, and the feed goes on', async () => {
    const { url, feeds } = await startToldGateway();
    const events = await subscribe<Changed>('WebSocket', url, changed);

    feeds[0]?.write(line('9999-12-31T23:59:59-01:00', 'never') + line(ago(0), 'now'));
    expect((await events.take(1))[0]?.journalStatusChanged.id).toBe('now');
    feeds[0]?.destroy();
    await expect.poll(() => feeds.length, { timeout: 5_000 }).toBe(2);
    feeds[1]?.write(line(ago(0), 'next'));

    expect((await events.take(1))[0]?.journalStatusChanged.id).toBe('next');
  });

  it.each(['0000-01-01T00:00:00+23:59', '9999-12-31T23:59:59-01:00', '9999-12-31T23:59:60Z'])(
    '%s is refused as an argument',
    async (since) => {
      const { url } = await startToldGateway();

      const { errors } = await ask(url, `{ journalStatusEvents(since: "${since}") { nodes { id } } }`);

      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    },
  );
});
