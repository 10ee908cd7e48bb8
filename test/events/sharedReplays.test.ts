import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { createJournals } from '../kit/createJournals.ts';
import { Gate } from '../kit/Gate.ts';
import { apiSecret } from '../kit/planted.ts';
import { startBoth, startGateway } from '../kit/startGateway.ts';
import { statusEventLine } from '../kit/statusEventLine.ts';
import { json, quietStream, StubUpstream } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';

import { cursorAfter } from './kit/cursors.ts';

interface Changed {
  journalStatusChanged: { id: string; cursor: string };
}

const changed = 'subscription ($after: String) { journalStatusChanged(after: $after) { id cursor } }';

async function streamsOpened(sandbox: Sandbox): Promise<number> {
  return (await control<{ streams: { opened: number } }>(sandbox, 'GET', 'stats')).streams.opened;
}

/** Creates journals and returns the ids and cursors of their events, in order. */
async function history(url: string, journals: number) {
  const live = await subscribe<Changed>('WebSocket', url, changed);
  await createJournals(url, journals);
  return (await live.take(3 * journals)).map((event) => event.journalStatusChanged);
}

describe('clients that resume at once', () => {
  it('share one upstream stream from many cursors, and each receives the events after its own', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => String(index + 100));
    const past = ids.map((id, index) => ({ id, at: new Date(Date.now() - 60_000 + index).toISOString() }));
    const opening = new Gate();
    let replays = 0;
    const stub = await StubUpstream.start(json(404, {}), async (request, response) => {
      const isReplay = request.url.includes('until');
      if (isReplay) replays += 1;
      if (isReplay && replays === 1) await opening.pass();
      quietStream(request, response);
      if (isReplay) response.end(past.map(({ id, at }) => statusEventLine(at, id)).join(''));
    });
    const { url } = await startGateway(stub.url, {}, { events: { replays: { streams: 1 } } });
    const resumes = past.slice(0, -1).map(({ id, at }, index) => {
      const after = cursorAfter({ at, id });
      return () => subscribe<Changed>(index % 2 ? 'SSE' : 'WebSocket', url, changed, { after });
    });

    const first = resumes.slice(0, 1).map((resume) => resume());
    await opening.reached;
    const resumed = await Promise.all([...first, ...resumes.slice(1).map((resume) => resume())]);
    opening.open();

    const rests = await Promise.all(resumed.map((each, index) => each.take(ids.length - index - 1)));
    expect(rests.map((rest) => rest.map((event) => event.journalStatusChanged.id))).toEqual(
      ids.slice(0, -1).map((_id, index) => ids.slice(index + 1)),
    );
    // One stream for the first client and one for all that resumed while it was open.
    expect(replays).toBe(2);
  });

  it('do not count as expired when their cursors are far apart', async () => {
    const past = Array.from({ length: 12_000 }, (_, index) =>
      statusEventLine(new Date(Date.now() - 200_000 + index * 10).toISOString(), String(index)),
    );
    const stub = await StubUpstream.start(json(404, {}), (request, response) => {
      quietStream(request, response);
      if (request.url.includes('until')) response.end(past.join(''));
    });
    const { url } = await startGateway(stub.url);
    const cursors = [0, 11_990].map((index) => {
      const at = (JSON.parse(past[index]?.slice(6) ?? '') as { at: string }).at;
      return cursorAfter({ at, id: String(index) });
    });

    const [early, late] = await Promise.all(cursors.map((after) => subscribe<Changed>('SSE', url, changed, { after })));

    expect((await early?.take(2))?.map((event) => event.journalStatusChanged.id)).toEqual(['1', '2']);
    expect((await late?.take(2))?.map((event) => event.journalStatusChanged.id)).toEqual(['11991', '11992']);
  });

  it('do not wait for a slow reader of the same history, which continues alone and misses nothing', async () => {
    const { gateway: old, sandbox } = await startBoth({ settleDelayMs: 0 });
    const [first] = await history(old.url, 1);
    const entries = Array.from({ length: 1_000 }, () => ({ to_account: customer, amount: '0.01' }));
    const batch = JSON.stringify({ entry_type: 'JNLC', from_account: sweep, entries });
    const headers = { authorization: `Basic ${btoa(`sandbox:${apiSecret}`)}`, 'content-type': 'application/json' };
    await fetch(`${sandbox.url}/v1/journals/batch`, { method: 'POST', headers, body: batch });
    const { url } = await startGateway(sandbox.url);
    const since = new Date(Date.now() - 60_000).toISOString();
    const filter = `{ accountId: ["${customer}"], statusTo: [EXECUTED] }`;
    const page = `{ journalStatusEvents(since: "${since}", first: 500, filter: ${filter}) { nodes { journalId } } }`;
    await control(sandbox, 'PUT', 'faults', { faults: [{ kind: 'latency', ms: 1, operations: ['getJournal'] }] });

    const reading = ask<{ journalStatusEvents: { nodes: { journalId: string }[] } }>(url, page);
    const resumed = await subscribe<Changed>('WebSocket', url, changed, { after: first?.cursor });

    expect(new Set((await resumed.take(3_002)).map((event) => event.journalStatusChanged.id)).size).toBe(3_002);
    const { data } = await reading;
    expect(new Set(data?.journalStatusEvents.nodes.map(({ journalId }) => journalId)).size).toBe(500);
  });

  it('are refused with RATE_LIMITED and their cursor when too many are waiting', async () => {
    const opened = new Gate();
    const answers: ServerResponse[] = [];
    const stub = await StubUpstream.start(json(404, {}), (request, response) => {
      quietStream(request, response);
      if (!request.url.includes('until')) return;
      answers.push(response);
      void opened.pass();
    });
    const replays = { streams: 1, waiting: 1 };
    const { url } = await startGateway(stub.url, {}, { events: { replays } });
    const behind = (at: string) => cursorAfter({ at, id: 'a' });
    const [first, second, third] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'].map(behind);

    await subscribe<Changed>('WebSocket', url, changed, { after: first });
    await opened.reached;
    await subscribe<Changed>('WebSocket', url, changed, { after: second });
    const refused = await subscribe<Changed>('SSE', url, changed, { after: third });

    const { errors } = await refused.next();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', cursor: expect.any(String) as string });
    expect(answers).toHaveLength(1);
  });
});

describe('the window in memory', () => {
  it.each([
    ['of few events', { max: 4 }],
    ['of short memory', { maxAgeMs: 1 }],
  ])('%s is completed by a replay', async (_name, window) => {
    const { sandbox } = await startBoth({ settleDelayMs: 0 });
    const { url } = await startGateway(sandbox.url, {}, { events: { window } });
    const events = await history(url, 4);
    const before = await streamsOpened(sandbox);

    const resumed = await subscribe<Changed>('SSE', url, changed, { after: events[0]?.cursor });
    const rest = await resumed.take(11);

    expect(rest.map((event) => event.journalStatusChanged.id)).toEqual(events.slice(1).map(({ id }) => id));
    expect(await streamsOpened(sandbox)).toBe(before + 1);
  });

  it('serves its events without the API', async () => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
    const events = await history(gateway.url, 4);
    const before = await streamsOpened(sandbox);

    const resumed = await subscribe<Changed>('SSE', gateway.url, changed, { after: events[0]?.cursor });
    await resumed.take(11);

    expect(await streamsOpened(sandbox)).toBe(before);
  });
});
