import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import type { Limits } from '../../src/config/limits.ts';
import { customer } from '../kit/accounts.ts';
import { Gate } from '../kit/Gate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';
import type { Transport } from '../kit/subscribe.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

interface Changed {
  journalStatusChanged: { id: string; cursor: string; journal?: { status: string } };
}

const changed = `subscription ($after: String, $filter: JournalStatusEventFilter) {
  journalStatusChanged(after: $after, filter: $filter) { id cursor } }`;

/** A gateway whose feed says what the test tells it to; its journals can be read. */
async function start(answer: Answer = json(200, wireJNLC()), limits: Partial<Limits> = {}) {
  const feeds: ServerResponse[] = [];
  const stub = await StubUpstream.start(answer, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': welcome\n\n');
    feeds.push(response);
  });
  const { url } = await startGateway(stub.url, {}, { limits });
  const tell = (id: string, statusTo = 'queued') => {
    const at = new Date().toISOString();
    const event = { at, event_id: id, entry_type: 'JNLC', journal_id: journalId, status_from: '', status_to: statusTo };
    feeds[0]?.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  return { url, stub, tell };
}

function idOf({ journalStatusChanged: { id } }: Changed): string {
  return id;
}

function transportOf(index: number): Transport {
  return index % 2 ? 'SSE' : 'WebSocket';
}

describe('subscribers who come back while events are told', () => {
  it('join those who stayed exactly where their own past ends', async () => {
    const { url, tell } = await start();
    const stayed = await subscribe<Changed>('WebSocket', url, changed);
    const ids = Array.from({ length: 300 }, (_, index) => `event-${String(index).padStart(3, '0')}`);
    let told = 0;
    const tellSome = (count: number) => ids.slice(told, (told += count)).forEach((id) => tell(id));
    tellSome(60);
    const cursors = (await stayed.take(60)).map(({ journalStatusChanged }) => journalStatusChanged.cursor);

    // Each comes back behind another event, and each finds others being told.
    const back = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const events = subscribe<Changed>(transportOf(index), url, changed, { after: cursors[index] });
        tellSome(4);
        return { index, events: await events };
      }),
    );
    for (const { index, events } of back) {
      expect((await events.take(told - index - 1)).map(idOf)).toEqual(ids.slice(index + 1, told));
    }
    await stayed.take(told - cursors.length);

    // From here on they are told the same in the same words.
    const common = ids.slice(told);
    tellSome(common.length);
    const whole = await stayed.take(common.length);
    expect(whole.map(idOf)).toEqual(common);
    for (const { events } of back) expect(await events.take(common.length)).toEqual(whole);
  });
});

describe('subscribers with filters of their own', () => {
  it('get what passes them, whatever the others get', async () => {
    const { url, tell } = await start();
    const filters = [
      {},
      { statusTo: ['EXECUTED'] },
      { accountId: [customer], statusTo: ['QUEUED'] },
      { statusTo: ['CANCELED'] },
    ];
    const all = await Promise.all(
      filters.map((filter, index) => subscribe<Changed>(transportOf(index), url, changed, { filter })),
    );

    tell('1', 'queued');
    tell('2', 'rejected');
    tell('3', 'executed');
    tell('4', 'queued');
    tell('5', 'canceled');

    const expected = [['1', '2', '3', '4', '5'], ['3'], ['1', '4'], ['5']];
    for (const [index, ids] of expected.entries()) expect((await all[index]?.take(ids.length))?.map(idOf)).toEqual(ids);
  });
});

describe('the journal of an event', () => {
  it('is read once for all who ask for it, in whatever words', async () => {
    const { url, stub, tell } = await start();
    const documents = [
      'subscription { journalStatusChanged { id journal { status } } }',
      'subscription { journalStatusChanged { id journal { id status rawStatus } } }',
      'subscription Screen { journalStatusChanged { journal { status ... on JNLC { netAmount } } id } }',
    ];
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        subscribe<Changed>(transportOf(index), url, documents[index % documents.length] ?? ''),
      ),
    );

    for (const id of ['1', '2', '3']) {
      tell(id);
      for (const events of all) {
        const [event] = await events.take(1);
        expect(event?.journalStatusChanged).toMatchObject({ id, journal: { status: 'QUEUED' } });
      }
    }

    expect(stub.calls).toHaveLength(3);
  });
});

describe('an event that waits for its journal', () => {
  it('is not overtaken by a ping that tells where the feed stands', async () => {
    const gate = new Gate();
    const answer: Answer = async (request, response) => {
      await gate.pass();
      await json(200, wireJNLC())(request, response);
    };
    const { url, tell } = await start(answer, { pingMs: 200 });
    const socket = await RawSocket.ready(url);
    socket.subscribe(
      '1',
      'subscription { journalStatusChanged(filter: { statusTo: [QUEUED] }) { id journal { id } } }',
    );
    await socket.saidSoFar();
    tell('slow');
    await gate.reached;
    tell('not for this one', 'rejected');
    await socket.saidSoFar();

    for (let pings = 0; pings < 3; pings += 1) await socket.pinged();
    const said = await socket.saidSoFar();
    gate.open();

    expect(said).toEqual([]);
    expect(await socket.next()).toMatchObject({
      type: 'next',
      payload: { data: { journalStatusChanged: { id: 'slow' } } },
    });
    expect(await socket.next()).toMatchObject({ type: 'ping', payload: { ids: ['1'] } });
  });
});
