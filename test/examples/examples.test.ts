import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';

import { ApolloJournals } from '../../examples/apollo/ApolloJournals.ts';
import { followStatus } from '../../examples/followStatus.ts';
import type { StatusEvent } from '../../examples/JournalsClient.ts';
import type { Position } from '../../examples/openSocket.ts';
import { RelayJournals } from '../../examples/relay/RelayJournals.ts';
import { UrqlJournals } from '../../examples/urql/UrqlJournals.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { createJournals } from '../kit/createJournals.ts';
import { freePort } from '../kit/freePort.ts';
import { closeLater } from '../kit/closeLater.ts';
import { apiSecret } from '../kit/planted.ts';
import { serveHere } from '../kit/serveHere.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';
import { serveBinary } from '../kit/startBinary.ts';
import { startSandbox } from '../kit/startGateway.ts';

// The examples are for browsers.
beforeAll(() => void vi.stubGlobal('WebSocket', WebSocket));
afterAll(() => void vi.unstubAllGlobals());

/** Returns the environment of a gateway in front of a sandbox that keeps running when the gateway is killed. */
function before(sandbox: Sandbox) {
  return {
    APCA_BROKER_BASE_URL: sandbox.url,
    APCA_BROKER_KEY_ID: 'sandbox',
    APCA_BROKER_SECRET_KEY: apiSecret,
  };
}

async function cursorOf(url: string): Promise<string> {
  return (await ask<{ journalStatusCursor: string }>(url, '{ journalStatusCursor }')).data?.journalStatusCursor ?? '';
}

const shared = sharedGateway();

const payment = (idempotencyKey: string) => ({
  fromAccount: sweep,
  toAccount: customer,
  amount: '10.250000000000000001',
  idempotencyKey,
});

describe.each([
  ['apollo', ApolloJournals],
  ['urql', UrqlJournals],
  ['relay', RelayJournals],
])('the example %s', (_library, Journals) => {
  function open(url: string, position: Position = { cursor: '' }) {
    const client = new Journals(url, position);
    closeLater(() => client.close());
    return client;
  }

  function follow(url: string, position: Position) {
    const client = open(url, position);
    const stop = new AbortController();
    const events: StatusEvent[] = [];
    let reloads = 0;
    const reload = async () => {
      reloads += 1;
      return (await client.listJournals(50)).cursor;
    };
    const onEvent = (event: StatusEvent) => events.push(event);
    const { subscribeOnce } = client;
    void followStatus({ subscribeOnce, position, onEvent, reload, signal: stop.signal });
    closeLater(() => stop.abort());
    return { events, reloads: () => reloads };
  }

  it('lists all pages, and each journal once', async () => {
    const { url } = shared;
    const ids = await createJournals(url, 5);

    const { journals, cursor } = await open(url).listJournals(2);

    const listed = journals.map(({ id }) => id);
    expect(listed.slice(0, 5)).toEqual(ids.toReversed());
    expect(new Set(listed).size).toBe(listed.length);
    expect(cursor).not.toBe('');
  });

  it('pays once with a key, keeps the amount exact, and shows refusals as results', async () => {
    const { url } = shared;
    const client = open(url);
    const key = randomUUID();

    const paid = await client.pay(payment(key));
    const again = await client.pay(payment(key));
    const conflict = await client.pay({ ...payment(key), toAccount: otherCustomer });

    expect(paid).toMatchObject({ kind: 'created', journal: { amount: '10.250000000000000001' } });
    expect(again).toMatchObject({ kind: 'created', journal: { id: idOf(paid) } });
    expect(conflict).toMatchObject({ kind: 'refused', reason: 'IdempotencyConflictError' });
    expect((await client.listJournals(50)).journals.filter(({ id }) => id === idOf(paid))).toHaveLength(1);
  });

  it('refetches a journal whose status has changed', async () => {
    const client = open(shared.url);
    const id = idOf(await client.pay(payment(randomUUID())));
    const status = async () => (await client.refetchJournal(id))?.status;

    await expect.poll(status, { timeout: 10_000 }).toBe('ACTIVITY_CREATED');
    expect(await client.refetchJournal('00000000-0000-4000-8000-000000000000')).toBeNull();
  });

  it('misses and repeats no event when the gateway is killed and started again', async () => {
    const sandbox = await startSandbox({ settleDelayMs: 0 });
    const port = await freePort();
    const { url, binary } = await serveBinary(['--port', String(port)], before(sandbox));
    const { events } = follow(url, { cursor: await cursorOf(url) });

    const ids = await createJournals(url, 2);
    binary.kill('SIGKILL');
    await binary.exit;
    await serveHere(before(sandbox), { port: String(port) });
    ids.push(...(await createJournals(url, 2)));

    await expect.poll(() => events.length, { timeout: 20_000 }).toBe(12);
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(12);
    for (const id of ids) expect(events.filter(({ journalId }) => journalId === id)).toHaveLength(3);
  });

  it('reads the list again if its cursor has expired, and continues', async () => {
    const sandbox = await startSandbox({ settleDelayMs: 0, eventRetention: 3 });
    const old = await serveHere(before(sandbox), {});
    await createJournals(old.url, 1);
    const expired = await cursorOf(old.url);
    await createJournals(old.url, 3);
    const { url } = await serveHere(before(sandbox), {});

    const { events, reloads } = follow(url, { cursor: expired });
    await expect.poll(reloads, { timeout: 10_000 }).toBe(1);
    await createJournals(url, 1);

    await expect.poll(() => events.length, { timeout: 10_000 }).toBe(3);
  });

  it('keeps the cursor of a feed without events', async () => {
    const sandbox = await startSandbox({ settleDelayMs: 0 });
    const { url } = await serveHere({ PING_SECONDS: '1', ...before(sandbox) }, {});
    const position = {
      cursor: Buffer.from(JSON.stringify(['e1', new Date().toISOString(), {}])).toString('base64url'),
    };
    follow(url, position);

    await expect.poll(() => position.cursor, { timeout: 10_000 }).toBe(await cursorOf(url));
  });
});

function idOf(result: { kind: string; journal?: { id: string } }): string {
  return result.journal?.id ?? '';
}
