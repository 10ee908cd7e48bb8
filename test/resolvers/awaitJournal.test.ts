import { queryObjects } from 'node:v8';

import { describe, expect, it } from 'vitest';

import { WaitedJournal } from '../../src/events/waiting/WaitedJournal.ts';
import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { closeEachLater } from '../kit/closeLater.ts';
import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import { operate } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import type { GatewaySettings } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { subscribe } from '../kit/subscribe.ts';

import { countCalls } from './kit/countCalls.ts';

const awaiting = `query ($id: ID!, $timeoutSeconds: Int! = 30) {
  it: awaitJournal(id: $id, timeoutSeconds: $timeoutSeconds) {
    timedOut cursor journal { id status rawStatus progress settleDate } } }`;

interface Awaited {
  it: {
    timedOut: boolean;
    cursor: string;
    journal: { id: string; status: string; progress: string; settleDate: string | null };
  } | null;
}

const feedDown = { kind: 'answer', status: 503, operations: ['eventsV2'] };
const executed = { timedOut: false, journal: { status: 'EXECUTED', progress: 'DONE' } };

interface Started {
  faults?: object[];
  settings?: GatewaySettings;
}

/**
 * Starts a gateway with a journal that stays pending until the test moves it. Later reads of the journal are counted.
 */
async function startPending({ faults = [], settings }: Started = {}) {
  const sandbox = await startSandbox();
  await control(sandbox, 'PUT', 'faults', { faults });
  const gateway = await startGateway(sandbox.url, {}, settings);
  const { url } = gateway;
  const description = '/fixtures/status=pending/fixtures/';
  const jnlc = { fromAccount: sweep, toAccount: customer, amount: '1', description };
  const { journal } = await mutate(url, 'createJournal', { input: { jnlc } });
  if (!journal) throw new Error('no journal');
  const { id } = journal;
  const before = await countCalls(sandbox, 'getJournal');
  const countReads = async () => (await countCalls(sandbox, 'getJournal')) - before;
  /** Resolves when the journal has been read this number of times. */
  const untilRead = async (count = 1) => {
    while ((await countReads()) < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const move = (status: string, more = {}) => control(sandbox, 'POST', `journals/${id}/status`, { status, ...more });
  return { gateway, sandbox, url, id, countReads, untilRead, move };
}

async function askAwaited(url: string, variables: Record<string, unknown>): Promise<Awaited['it']> {
  const { data, errors } = await ask<Awaited>(url, awaiting, variables);
  expect(errors).toBeUndefined();
  return data?.it ?? null;
}

describe.concurrent('awaitJournal', () => {
  closeEachLater();

  it.each(['HTTP', 'WebSocket', 'SSE'] as const)('responds over %s when the journal is executed', async (door) => {
    const { url, id, untilRead, move } = await startPending();

    const answer = operate(door, url, null, awaiting, { id });
    await untilRead();
    await move('executed');

    expect((await answer).data).toMatchObject({ it: { ...executed, journal: { ...executed.journal, id } } });
  });

  it('shows the dates that the journal received together with its status', async () => {
    const { url, id, untilRead, move } = await startPending();

    const answer = askAwaited(url, { id });
    await untilRead();
    await move('executed');

    expect((await answer)?.journal.settleDate).toMatch(/^\d{4}-/);
  });

  it.each(['EXECUTED', 'REJECTED', 'CORRECT', 'UNKNOWN'])(
    'responds at once for a journal that is %s',
    async (status) => {
      const { url, id, move } = await startPending();
      if (status === 'CORRECT') await move('executed');
      const word = status === 'UNKNOWN' ? 'held_by_the_moon' : status.toLowerCase();
      await move(word, { amount: '2' });

      expect(await askAwaited(url, { id })).toMatchObject({ timedOut: false, journal: { status } });
    },
  );

  it('returns the journal in its current state when the timeout expires', async () => {
    const { url, id } = await startPending();

    const answer = await askAwaited(url, { id, timeoutSeconds: 1 });

    expect(answer).toMatchObject({ timedOut: true, journal: { status: 'PENDING', progress: 'UNDER_WAY' } });
  });

  it('ends each wait when its own timeout expires, whichever began first', async () => {
    const { url, id } = await startPending();
    const ended: number[] = [];

    await Promise.all(
      [2, 1, 3, 1].map(async (timeoutSeconds) => {
        expect(await askAwaited(url, { id, timeoutSeconds })).toMatchObject({ timedOut: true });
        ended.push(timeoutSeconds);
      }),
    );

    expect(ended).toEqual([1, 1, 2, 3]);
  });

  it('is not cut off by the deadline of operations', async () => {
    const { url, id } = await startPending({ settings: { limits: { deadlineMs: 3_000 } } });

    expect(await askAwaited(url, { id, timeoutSeconds: 4 })).toMatchObject({ timedOut: true });
  });

  it('returns a cursor after which a subscription misses nothing', async () => {
    const { url, id, move } = await startPending();
    const waited = await askAwaited(url, { id, timeoutSeconds: 1 });
    await move('executed');
    const done = await askAwaited(url, { id });
    await move('activity_created');

    const query = `subscription ($after: String) {
      journalStatusChanged(after: $after, filter: { journalId: ["${id}"] }) { statusTo } }`;
    const fromTimeout = await subscribe('WebSocket', url, query, { after: waited?.cursor });
    const fromDone = await subscribe('SSE', url, query, { after: done?.cursor });

    expect((await fromTimeout.take(2)).map((data) => data['journalStatusChanged'])).toEqual([
      { statusTo: 'EXECUTED' },
      { statusTo: 'ACTIVITY_CREATED' },
    ]);
    expect(await fromDone.take(1)).toEqual([{ journalStatusChanged: { statusTo: 'ACTIVITY_CREATED' } }]);
  });

  it('reads a journal once for all that begin to wait for it at the same time, and never again', async () => {
    const { url, id, countReads, untilRead, move } = await startPending();
    const query = `{ ${Array.from({ length: 40 }, (_, n) => `w${n}: awaitJournal(id: "${id}") { journal { status } }`).join(' ')} }`;

    const answers = Array.from({ length: 10 }, () => ask(url, query));
    await untilRead();
    await move('executed');
    const statuses = (await Promise.all(answers)).flatMap(({ data }) => Object.values(data ?? {}));

    expect(statuses).toEqual(new Array(400).fill({ journal: { status: 'EXECUTED' } }));
    // Requests that arrive in another turn of the event loop may cause another read.
    expect(await countReads()).toBeLessThanOrEqual(10);
  });

  it('returns null for a journal that does not exist and for an ID that is not a UUID', async () => {
    const { url } = (await startBoth()).gateway;

    expect(await askAwaited(url, { id: '00000000-0000-4000-8000-000000000000' })).toBeNull();
    expect(await askAwaited(url, { id: 'nonsense' })).toBeNull();
  });

  it.each([0, -1, 301])('refuses to wait for %i seconds', async (timeoutSeconds) => {
    const { url } = (await startBoth()).gateway;

    const { errors } = await ask(url, awaiting, { id: sweep, timeoutSeconds });

    expect(errors).toMatchObject([
      { message: `timeoutSeconds is ${timeoutSeconds}, expected 1 to 300`, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('returns null at once for a journal that the principal may not see', async () => {
    const sandbox = await startSandbox();
    const keyed = await startWithKeys(sandbox.url, {
      officer: { scopes: ['journals:read', 'journals:write'], fromAccounts: ['*'] },
      other: { scopes: ['journals:read'], accounts: [otherCustomer] },
    });
    const { data } = await keyed.ask(
      'officer',
      `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "60" } }) {
        ... on CreateJournalSuccess { journal { id } } } }`,
    );
    const { id } = (data as { createJournal: { journal: { id: string } } }).createJournal.journal;

    expect((await keyed.ask('other', awaiting, { id })).data).toEqual({ it: null });
  });
});

describe.concurrent('awaitJournal while the feed is down', () => {
  closeEachLater();

  it('reads the journal again after some seconds', async () => {
    const { url, id, countReads, untilRead, move } = await startPending({ faults: [feedDown] });

    const answers = [askAwaited(url, { id }), askAwaited(url, { id })];
    await untilRead();
    await move('executed');

    expect(await Promise.all(answers)).toMatchObject([executed, executed]);
    // There are at most two reads at first, and then one for both waits.
    expect(await countReads()).toBeLessThanOrEqual(3);
  });

  it('reads the journal once more when the feed begins, since what happened before is not in it', async () => {
    const { sandbox, url, id, untilRead, move } = await startPending({ faults: [feedDown] });

    const answer = askAwaited(url, { id });
    await untilRead();
    await move('executed');
    await control(sandbox, 'DELETE', 'faults');

    expect(await answer).toMatchObject(executed);
  });

  it('needs no read when the feed reconnects within a moment', async () => {
    const { sandbox, url, id, countReads, untilRead, move } = await startPending();

    const answer = ask<Awaited>(url, `{ it: awaitJournal(id: "${id}") { timedOut journal { status progress } } }`);
    await untilRead();
    await control(sandbox, 'PUT', 'faults', { faults: [{ ...feedDown, count: 1 }] });
    await control(sandbox, 'POST', 'streams', { kind: 'cut' });
    await move('executed');

    expect((await answer).data).toEqual({ it: executed });
    expect(await countReads()).toBe(1);
  });
});

describe('operations that wait for a journal', () => {
  it('do not count as running, and have a separate limit', async () => {
    const { url, id, untilRead, move } = await startPending({
      settings: { limits: { maxRunning: 4, maxConcurrent: 2, maxWaiting: 12 } },
    });
    const waits: Promise<Awaited['it']>[] = [];

    // The waits begin one after another, so that at most one of them is running at a time.
    for (let count = 1; count <= 6; count += 1) {
      waits.push(askAwaited(url, { id }));
      await untilRead(count);
      expect(await ask(url, '{ journals(first: 1) { nodes { id } } }')).toEqual({
        data: { journals: { nodes: [{ id }] } },
      });
    }
    const { errors } = await ask(url, awaiting, { id });
    await move('executed');

    expect(errors).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
    expect(await Promise.all(waits)).toMatchObject(new Array(6).fill(executed));
  });

  it('count as one operation, however many waits they have', async () => {
    const { url, id, untilRead, move } = await startPending({ settings: { limits: { maxConcurrent: 2 } } });
    const waits = [1, 2, 3, 4, 5].map((at) => `it${at}: awaitJournal(id: $id) { timedOut }`).join(' ');
    const mixed = 'query ($id: ID!) { awaitJournal(id: $id) { timedOut } node(id: $id) { id } }';
    const list = '{ journals(first: 1) { nodes { id } } }';
    const waiting = ask(url, `query ($id: ID!) { ${waits} }`, { id });
    await untilRead();
    // Before the response to this query, the gateway has got that of the read.
    await ask(url, list);
    const running = [ask(url, mixed, { id })];
    await untilRead(2);
    running.push(ask(url, mixed, { id }));
    await untilRead(3);

    const { errors } = await ask(url, list);
    await move('executed');

    expect(errors).toMatchObject([{ extensions: { code: 'CONCURRENCY_LIMITED' } }]);
    for (const { data } of await Promise.all([waiting, ...running])) expect(JSON.stringify(data)).toContain('false');
  });

  it('do nothing else until their last wait has ended', async () => {
    const { url, id, sandbox, untilRead, move } = await startPending();
    const jnlc = { fromAccount: sweep, toAccount: customer, amount: '1' };
    const { journal } = await mutate(url, 'createJournal', { input: { jnlc } });
    const query = `query ($id: ID!, $done: ID!) {
      it: awaitJournal(id: $id) { timedOut }
      done: awaitJournal(id: $done) { journal { toAccount { journals(first: 1) { nodes { id } } } } } }`;
    const answer = ask(url, query, { id, done: journal?.id });
    await untilRead(2);
    await ask(url, '{ journal(id: "6d2cba43-cb57-4534-9603-000000000000") { id } }');

    expect(await countCalls(sandbox, 'listJournals')).toBe(0);
    await move('executed');

    expect(await answer).toMatchObject({
      data: { it: { timedOut: false }, done: { journal: { toAccount: { journals: { nodes: [{}] } } } } },
    });
  });

  it.each(['HTTP', 'WebSocket'] as const)('are answered at once over %s when the gateway shuts down', async (door) => {
    const { gateway, url, id, untilRead } = await startPending();
    const answer = operate(door, url, null, awaiting, { id, timeoutSeconds: 300 });
    await untilRead();

    await gateway.close();

    expect((await answer).data).toMatchObject({ it: { timedOut: true, journal: { status: 'PENDING' } } });
  });

  it('release their memory when their clients have disconnected', async () => {
    const { url, id, untilRead } = await startPending();
    const socket = await RawSocket.ready(url);
    const abort = new AbortController();
    const body = JSON.stringify({ query: awaiting, variables: { id, timeoutSeconds: 300 } });
    const headers = { 'content-type': 'application/json' };
    const request = fetch(url, { method: 'POST', headers, body, signal: abort.signal });
    await untilRead();
    socket.subscribe('1', awaiting, { id, timeoutSeconds: 300 });
    await untilRead(2);
    socket.subscribe('2', awaiting, { id, timeoutSeconds: 300 });
    await untilRead(3);

    socket.send({ id: '1', type: 'complete' });
    abort.abort();
    await expect(request).rejects.toThrow();
    socket.terminate();
    await socket.closed;

    // Each count collects and walks the whole heap, so there should be few.
    while (queryObjects(WaitedJournal, { format: 'count' }) > 0)
      await new Promise((resolve) => setTimeout(resolve, 250));
  });
});
