import { describe, expect, it } from 'vitest';

import { RawSocket } from '../kit/RawSocket.ts';
import { subscribe } from '../kit/subscribe.ts';

import { cursorAfter } from './kit/cursors.ts';
import { ago, line, startScriptedGateway } from './kit/startScriptedGateway.ts';

interface Changed {
  journalStatusChanged: { id: string; cursor: string };
}

const changed = 'subscription ($after: String) { journalStatusChanged(after: $after) { id cursor } }';

function idsOf(events: Changed[]): string[] {
  return events.map(({ journalStatusChanged: { id } }) => id);
}

/** Starts a gateway that has run for a minute and a gateway that has run for longer, by the clocks of their APIs. */
async function startBoth(pingMs = 12_000) {
  return [
    await startScriptedGateway(undefined, -60_000),
    await startScriptedGateway(undefined, -90_000, { pingMs }),
  ] as const;
}

describe.each(['WebSocket', 'SSE'] as const)('a client that resumes from another gateway over %s', (transport) => {
  it('does not receive an event again that this gateway receives later than the other one', async () => {
    const [one, other] = await startBoth();
    const events = [line(ago(3_000), 'a'), line(ago(2_000), 'b'), line(ago(1_000), 'c')];
    const there = await subscribe<Changed>(transport, one.url, changed);
    one.feeds[0]?.write(events.join(''));
    const after = (await there.take(3)).at(-1)?.journalStatusChanged.cursor;
    const here = await subscribe<Changed>(transport, other.url, changed);
    other.feeds[0]?.write(events[0]);
    await here.take(1);

    const resumed = await subscribe<Changed>(transport, other.url, changed, { after });
    other.feeds[0]?.write(events.slice(1).join('') + line(ago(0), 'next'));

    expect(idsOf(await resumed.take(1))).toEqual(['next']);
  });

  it('receives the events that the other gateway had not received, even if they happened earlier', async () => {
    const [one, other] = await startBoth();
    const [a, late, b] = [line(ago(3_000), 'a'), line(ago(2_000), 'late'), line(ago(1_000), 'b')];
    const there = await subscribe<Changed>(transport, one.url, changed);
    one.feeds[0]?.write(a + b);
    const after = (await there.take(2)).at(-1)?.journalStatusChanged.cursor;

    const resumed = await subscribe<Changed>(transport, other.url, changed, { after });
    other.feeds[0]?.write(a + late);
    const [received] = await resumed.take(1);
    expect(received?.journalStatusChanged.id).toBe('late');

    const again = await subscribe<Changed>(transport, other.url, changed, {
      after: received?.journalStatusChanged.cursor,
    });
    other.feeds[0]?.write(b + line(ago(0), 'next'));
    for (const events of [resumed, again]) expect(idsOf(await events.take(1))).toEqual(['next']);
  });
});

describe('the cursor of the feed', () => {
  async function receivedDuringThreePings(socket: RawSocket) {
    for (let pings = 0; pings < 3; pings += 1) await socket.pinged();
    return socket.receivedSoFar();
  }

  it('is not sent to a subscriber whose cursor from another gateway is later', async () => {
    const [one, other] = await startBoth(200);
    const [a, b] = [line(ago(2_000), 'a'), line(ago(1_000), 'b')];
    const there = await subscribe<Changed>('WebSocket', one.url, changed);
    one.feeds[0]?.write(a + b);
    const after = (await there.take(2)).at(-1)?.journalStatusChanged.cursor;
    const here = await subscribe<Changed>('WebSocket', other.url, changed);
    other.feeds[0]?.write(a);
    await here.take(1);

    const resumed = await RawSocket.ready(other.url);
    resumed.subscribe('1', changed, { after });

    expect(await receivedDuringThreePings(resumed)).toEqual([]);
  });

  it('is sent to a subscriber of a replay only once the feed has caught up', async () => {
    const [a, b] = [line(ago(2_000), 'a'), line(ago(1_000), 'b')];
    const { url, feeds } = await startScriptedGateway((_request, response) => response.end(a + b), 0, { pingMs: 200 });
    const { at } = JSON.parse(a.slice(6)) as { at: string };
    const after = cursorAfter({ at, id: 'a' });
    const resumed = await RawSocket.ready(url);
    resumed.subscribe('1', changed.replace('after: $after', 'after: $after, filter: { statusTo: [QUEUED] }'), {
      after,
    });
    expect(await resumed.next()).toMatchObject({
      type: 'next',
      payload: { data: { journalStatusChanged: { id: 'b' } } },
    });

    expect(await receivedDuringThreePings(resumed)).toEqual([]);
    feeds[0]?.write(line(ago(0), 'filtered out').replace('"queued"', '"executed"'));

    expect(await resumed.next()).toMatchObject({ type: 'ping', payload: { ids: ['1'] } });
  });
});
