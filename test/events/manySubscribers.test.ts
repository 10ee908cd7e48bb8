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

/** Starts a gateway. `emit` sends an event on its feed, and every read of a journal gets `answer`. */
async function start(answer: Answer = json(200, wireJNLC()), limits: Partial<Limits> = {}) {
  const feeds: ServerResponse[] = [];
  const stub = await StubUpstream.start(answer, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': welcome\n\n');
    feeds.push(response);
  });
  const { url } = await startGateway(stub.url, {}, { limits });
  const emit = (id: string, statusTo = 'queued') => {
    const at = new Date().toISOString();
    const event = { at, event_id: id, entry_type: 'JNLC', journal_id: journalId, status_from: '', status_to: statusTo };
    feeds[0]?.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  return { url, stub, emit };
}

function idOf({ journalStatusChanged: { id } }: Changed): string {
  return id;
}

function transportOf(index: number): Transport {
  return index % 2 ? 'SSE' : 'WebSocket';
}

describe('subscribers who resume while events arrive', () => {
  it('receive every event after their cursor once, first past ones and then live ones', async () => {
    const { url, emit } = await start();
    const live = await subscribe<Changed>('WebSocket', url, changed);
    const ids = Array.from({ length: 300 }, (_, index) => `event-${String(index).padStart(3, '0')}`);
    let sent = 0;
    const emitNext = (count: number) => ids.slice(sent, (sent += count)).forEach((id) => emit(id));
    emitNext(60);
    const cursors = (await live.take(60)).map(({ journalStatusChanged }) => journalStatusChanged.cursor);

    // Each resumes after a different event, while more events arrive.
    const resumed = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const events = subscribe<Changed>(transportOf(index), url, changed, { after: cursors[index] });
        emitNext(4);
        return { index, events: await events };
      }),
    );
    for (const { index, events } of resumed) {
      expect((await events.take(sent - index - 1)).map(idOf)).toEqual(ids.slice(index + 1, sent));
    }
    await live.take(sent - cursors.length);

    // Once all have caught up, they receive identical results.
    const common = ids.slice(sent);
    emitNext(common.length);
    const expected = await live.take(common.length);
    expect(expected.map(idOf)).toEqual(common);
    for (const { events } of resumed) expect(await events.take(common.length)).toEqual(expected);
  });
});

describe('subscribers with different filters', () => {
  it('each receive only the events that match their own filter', async () => {
    const { url, emit } = await start();
    const filters = [
      {},
      { statusTo: ['EXECUTED'] },
      { accountId: [customer], statusTo: ['QUEUED'] },
      { statusTo: ['CANCELED'] },
    ];
    const all = await Promise.all(
      filters.map((filter, index) => subscribe<Changed>(transportOf(index), url, changed, { filter })),
    );

    emit('1', 'queued');
    emit('2', 'rejected');
    emit('3', 'executed');
    emit('4', 'queued');
    emit('5', 'canceled');

    const expected = [['1', '2', '3', '4', '5'], ['3'], ['1', '4'], ['5']];
    for (const [index, ids] of expected.entries()) expect((await all[index]?.take(ids.length))?.map(idOf)).toEqual(ids);
  });
});

describe('the journal of an event', () => {
  it('is read once for all subscribers, even with different documents', async () => {
    const { url, stub, emit } = await start();
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
      emit(id);
      for (const events of all) {
        const [event] = await events.take(1);
        expect(event?.journalStatusChanged).toMatchObject({ id, journal: { status: 'QUEUED' } });
      }
    }

    expect(stub.calls).toHaveLength(3);
  });
});

describe('an event whose journal is still being read', () => {
  it('is not overtaken by a ping with the current cursor', async () => {
    const gate = new Gate();
    const answer: Answer = async (request, response) => {
      await gate.pass();
      await json(200, wireJNLC())(request, response);
    };
    const { url, emit } = await start(answer, { pingMs: 200 });
    const socket = await RawSocket.ready(url);
    socket.subscribe(
      '1',
      'subscription { journalStatusChanged(filter: { statusTo: [QUEUED] }) { id journal { id } } }',
    );
    await socket.receivedSoFar();
    emit('slow');
    await gate.reached;
    emit('filtered out', 'rejected');
    await socket.receivedSoFar();

    for (let pings = 0; pings < 3; pings += 1) await socket.pinged();
    const received = await socket.receivedSoFar();
    gate.open();

    expect(received).toEqual([]);
    expect(await socket.next()).toMatchObject({
      type: 'next',
      payload: { data: { journalStatusChanged: { id: 'slow' } } },
    });
    expect(await socket.next()).toMatchObject({ type: 'ping', payload: { ids: ['1'] } });
  });
});
