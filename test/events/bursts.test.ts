import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import { customer } from '../kit/accounts.ts';
import { startGateway } from '../kit/startGateway.ts';
import { statusEventLine } from '../kit/statusEventLine.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';
import type { Transport } from '../kit/subscribe.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

interface Changed {
  journalStatusChanged: { id: string; cursor: string };
}

const changed = `subscription ($after: String, $filter: JournalStatusEventFilter) {
  journalStatusChanged(after: $after, filter: $filter) { id cursor } }`;
/** Executions of a document with fragments are not shared: each subscriber gets its own results. */
const changedByFragment = `subscription { ...f } fragment f on Subscription { journalStatusChanged { id cursor } }`;
const changedWithJournal = `subscription { journalStatusChanged { id cursor journal { id status } } }`;

const transports: Transport[] = ['WebSocket', 'SSE'];

/** Starts a gateway whose feed and replays send the events of the test; every journal can be read. */
async function start() {
  const feeds: ServerResponse[] = [];
  const lines: string[] = [];
  const stub = await StubUpstream.start(json(200, wireJNLC()), (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': welcome\n\n');
    if (request.url.includes('until')) response.end(lines.join(''));
    else if (feeds.push(response) > 1) response.write(lines.join(''));
  });
  const { url } = await startGateway(stub.url);
  let count = 0;
  const write = (number: number) => {
    const ids = Array.from({ length: number }, () => `event-${String((count += 1)).padStart(5, '0')}`);
    const begun = Date.now();
    const written = ids.map((id, index) => statusEventLine(new Date(begun + index / 10).toISOString(), id));
    lines.push(...written);
    return { ids, text: written.join('') };
  };
  /** Sends events in one write, as a batch causes them. */
  const emit = (number: number) => {
    const { ids, text } = write(number);
    feeds.at(-1)?.write(text);
    return ids;
  };
  /** Breaks the feed; the next stream sends the events that happened meanwhile. */
  const emitAfterBreak = (number: number) => {
    const { ids } = write(number);
    feeds.at(-1)?.destroy();
    return ids;
  };
  return { url, stub, emit, emitAfterBreak };
}

function idsOf(events: Changed[]): string[] {
  return events.map(({ journalStatusChanged: { id } }) => id);
}

describe.each(transports)('a burst of events over %s', (transport) => {
  it.each([
    ['of all events', changed, {}],
    ['whose results are not shared', changedByFragment, {}],
    ['of events and their journals', changedWithJournal, {}],
    ['of events with a given status', changed, { filter: { statusTo: ['QUEUED'] } }],
    ['of the events of one account', changed, { filter: { accountId: [customer] } }],
  ])('is delivered to every subscriber %s', async (_which, query, variables) => {
    const { url, emit } = await start();
    const all = await Promise.all([0, 1].map(() => subscribe<Changed>(transport, url, query, variables)));

    const ids = emit(1_500);

    for (const events of all) expect(idsOf(await events.take(ids.length))).toEqual(ids);
  });

  it('is delivered when the feed reconnects after a break', async () => {
    const { url, emit, emitAfterBreak } = await start();
    const events = await subscribe<Changed>(transport, url, changed);
    emit(1);
    await events.take(1);

    const ids = emitAfterBreak(2_500);

    expect(idsOf(await events.take(ids.length))).toEqual(ids);
  });

  it('is delivered to a subscriber that is still receiving past events from the event window', async () => {
    const { url, emit } = await start();
    const before = await subscribe<Changed>(transport, url, changed);
    const [first, ...missed] = emit(1_200);
    const [received] = await before.take(1_200);
    expect(received?.journalStatusChanged.id).toBe(first);

    const events = subscribe<Changed>(transport, url, changed, { after: received?.journalStatusChanged.cursor });
    const live = emit(1_500);

    const ids = [...missed, ...live];
    expect(idsOf(await (await events).take(ids.length))).toEqual(ids);
  });
});

describe('a replay of more events than may be queued', () => {
  it('is delivered completely to a subscriber that keeps reading', async () => {
    const former = await start();
    const first = await subscribe<Changed>('WebSocket', former.url, changed);
    former.emit(1);
    const after = (await first.take(1))[0]?.journalStatusChanged.cursor;
    const { url } = await startGateway(former.stub.url);
    const ids = former.emit(11_000);

    const events = await subscribe<Changed>('SSE', url, changed, { after });

    expect(idsOf(await events.take(ids.length))).toEqual(ids);
  }, 60_000);
});
