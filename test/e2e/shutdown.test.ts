import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';

import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { EventStream } from '../kit/EventStream.ts';
import { Gate } from '../kit/Gate.ts';
import { closeLater } from '../kit/closeLater.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { serveHere } from '../kit/serveHere.ts';
import { Binary, serveBinary } from '../kit/startBinary.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';

const changed = 'subscription { journalStatusChanged { journalId statusTo } }';
const creation = `mutation { createJournal(
  input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }
) { ... on CreateJournalSuccess { journal { id } } } }`;

const journalId = '6b2f4a1e-9c1d-4d55-8a3f-3a4a8f3b9d10';
const created = { data: { createJournal: { journal: { id: journalId } } } };

/** Starts the binary in front of an upstream that does not respond until the gate is opened. */
async function serveSlowly(): Promise<{ binary: Binary; url: string; gate: Gate }> {
  const gate = new Gate();
  const journal = {
    id: journalId,
    entry_type: 'JNLC',
    from_account: sweep,
    to_account: customer,
    status: 'queued',
    net_amount: '1',
    description: null,
    settle_date: null,
    system_date: null,
  };
  const upstream = await StubUpstream.start(async (request, response) => {
    await gate.pass();
    await json(200, journal)(request, response);
  });
  const { binary, url } = await serveBinary(['--port', '0'], {
    APCA_BROKER_BASE_URL: upstream.url,
    APCA_BROKER_KEY_ID: 'key',
    APCA_BROKER_SECRET_KEY: 'secret',
    // Without this file, the gateway logs a warning, but these tests expect an empty log.
    OUTCOMES_FILE: join(await temporaryFolder(), 'outcomes.db'),
  });
  return { binary, url, gate };
}

/** Connects until a connection is refused, since the other process receives the signal some time later. */
async function refusesConnections(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  for (;;) {
    const socket = connect(Number(port), hostname);
    const refused = await Promise.race([
      once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'),
      once(socket, 'connect').then(() => false),
    ]);
    socket.destroy();
    if (refused) return;
  }
}

const clean = { code: 0, signal: null, stderr: '' };

describe('the shutdown of the process', () => {
  it('also follows SIGINT, with exit code 0', async () => {
    const { binary } = await serveBinary();

    binary.kill('SIGINT');

    expect(await binary.exit).toMatchObject(clean);
  });

  it('waits for running mutations over HTTP and WebSocket, and refuses new operations', async () => {
    const { binary, url, gate } = await serveSlowly();
    const socket = await RawSocket.ready(url);
    const overHttp = ask(url, creation);
    await gate.reached;
    socket.subscribe('1', creation);
    await socket.receivedSoFar();

    binary.kill('SIGTERM');
    await refusesConnections(url);
    socket.subscribe('2', '{ __typename }');
    const refusal = await socket.next();
    gate.open();

    expect(refusal).toMatchObject({ id: '2', type: 'error', payload: [{ extensions: { code: 'SHUTTING_DOWN' } }] });
    expect(await overHttp).toEqual(created);
    expect(await socket.take(2)).toEqual([
      { id: '1', type: 'next', payload: created },
      { id: '1', type: 'complete' },
    ]);
    expect((await socket.closed).code).toBe(1001);
    expect(await binary.exit).toMatchObject(clean);
  });

  it('is not delayed by subscribers, stalled clients, and idle or silent connections', async () => {
    const long = '600';
    const limits = { SHUTDOWN_GRACE_SECONDS: long, STALL_SECONDS: long, PING_SECONDS: long, REQUEST_SECONDS: long };
    const { binary, url } = await serveBinary(undefined, limits);
    const { hostname, port } = new URL(url);
    const silent = connect(Number(port), hostname);
    closeLater(() => silent.destroy());
    silent.on('error', () => undefined);
    await ask(url, '{ __typename }'); // fetch keeps this connection open
    const stream = await EventStream.post(url, changed);
    const [socket, stalled] = [await RawSocket.ready(url), await RawSocket.ready(url)];
    for (const each of [socket, stalled]) each.subscribe('1', changed);
    await Promise.all([socket, stalled].map((each) => each.receivedSoFar()));
    stalled.stall();

    binary.kill('SIGTERM');

    expect(await binary.exit).toMatchObject(clean);
    expect((await socket.closed).code).toBe(1001);
    await expect(stream.rest()).rejects.toThrow();
  });

  it('frees its ports at once, so that clients reconnect to another gateway on the same port', async () => {
    const first = await serveBinary();
    const { port } = new URL(first.url);
    const restart = new Gate();
    const client = createClient({
      url: first.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      lazy: false,
      shouldRetry: () => true,
      retryWait: () => restart.pass(),
    });
    const events = client.iterate<{ journalStatusChanged: { statusTo: string } }>({ query: changed });
    await client.iterate({ query: '{ __typename }' }).next();

    first.binary.kill('SIGTERM');
    expect(await first.binary.exit).toMatchObject(clean);
    const second = await serveHere({}, { sandbox: true, port });
    restart.open();
    await client.iterate({ query: '{ __typename }' }).next();
    await ask(second.url, creation);

    expect((await events.next()).value).toMatchObject({ data: { journalStatusChanged: { statusTo: 'EXECUTED' } } });
    // The client ends before the second gateway is closed, because it would try to reconnect.
    await client.dispose();
  });

  it('is immediate on a second signal', async () => {
    const { binary, url, gate } = await serveSlowly();
    const answer = ask(url, creation);
    await gate.reached;
    binary.kill('SIGTERM');
    await refusesConnections(url);

    binary.kill('SIGTERM');

    await expect(answer).rejects.toThrow();
    expect((await binary.exit).code).toBe(1);
    gate.open();
  });

  it('also follows a signal during the startup, with exit code 0', async () => {
    // An upstream that accepts connections and never responds: the gateway waits a while for its event stream.
    const upstream = createServer();
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const sockets = new Set<Socket>();
    closeLater(() => {
      for (const socket of sockets) socket.destroy();
      upstream.close();
    });
    const connected = new Promise<void>((resolve) => {
      upstream.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        resolve();
      });
    });
    const binary = new Binary(['serve', '--port', '0'], {
      APCA_BROKER_BASE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      APCA_BROKER_KEY_ID: 'key',
      APCA_BROKER_SECRET_KEY: 'secret',
    });
    await connected;

    binary.kill('SIGTERM');

    expect(await binary.exit).toMatchObject({ code: 0, signal: null, stdout: '' });
  });
});
