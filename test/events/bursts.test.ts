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
/** Not shared: each subscriber has results of its own. */
const changedByFragment = `subscription { ...f } fragment f on Subscription { journalStatusChanged { id cursor } }`;
const changedWithJournal = `subscription { journalStatusChanged { id cursor journal { id status } } }`;

const transports: Transport[] = ['WebSocket', 'SSE'];

/** A gateway whose feed and replays say what the test tells them to; every journal can be read. */
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
    const told = ids.map((id, index) => statusEventLine(new Date(begun + index / 10).toISOString(), id));
    lines.push(...told);
    return { ids, text: told.join('') };
  };
  /** In one write, as a batch makes them. */
  const tell = (number: number) => {
    const { ids, text } = write(number);
    feeds.at(-1)?.write(text);
    return ids;
  };
  /** The feed breaks; what happened meanwhile comes with the next stream. */
  const tellAfterBreak = (number: number) => {
    const { ids } = write(number);
    feeds.at(-1)?.destroy();
    return ids;
  };
  return { url, stub, tell, tellAfterBreak };
}

function idsOf(told: Changed[]): string[] {
  return told.map(({ journalStatusChanged: { id } }) => id);
}

describe.each(transports)('a burst reaches every subscriber that reads, over %s', (transport) => {
  it.each([
    ['of all events', changed, {}],
    ['of results of its own', changedByFragment, {}],
    ['of events with their journals', changedWithJournal, {}],
    ['of those that a filter lets through', changed, { filter: { statusTo: ['QUEUED'] } }],
    ['of those of an account', changed, { filter: { accountId: [customer] } }],
  ])('%s', async (_of, query, variables) => {
    const { url, tell } = await start();
    const all = await Promise.all([0, 1].map(() => subscribe<Changed>(transport, url, query, variables)));

    const ids = tell(1_500);

    for (const events of all) expect(idsOf(await events.take(ids.length))).toEqual(ids);
  });

  it('that the feed catches up with after a break', async () => {
    const { url, tell, tellAfterBreak } = await start();
    const events = await subscribe<Changed>(transport, url, changed);
    tell(1);
    await events.take(1);

    const ids = tellAfterBreak(2_500);

    expect(idsOf(await events.take(ids.length))).toEqual(ids);
  });

  it('that comes while its past is told, from the memory of the gateway', async () => {
    const { url, tell } = await start();
    const before = await subscribe<Changed>(transport, url, changed);
    const [first, ...behind] = tell(1_200);
    const [told] = await before.take(1_200);
    expect(told?.journalStatusChanged.id).toBe(first);

    const events = subscribe<Changed>(transport, url, changed, { after: told?.journalStatusChanged.cursor });
    const live = tell(1_500);

    const ids = [...behind, ...live];
    expect(idsOf(await (await events).take(ids.length))).toEqual(ids);
  });
});

describe('a past of more events than may wait', () => {
  it('reaches a subscriber that reads', async () => {
    const former = await start();
    const first = await subscribe<Changed>('WebSocket', former.url, changed);
    former.tell(1);
    const after = (await first.take(1))[0]?.journalStatusChanged.cursor;
    const { url } = await startGateway(former.stub.url);
    const ids = former.tell(11_000);

    const events = await subscribe<Changed>('SSE', url, changed, { after });

    expect(idsOf(await events.take(ids.length))).toEqual(ids);
  }, 60_000);
});
