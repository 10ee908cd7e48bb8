/**
 * The servers that the gateway is compared to, each in its own process: `node peers.js graphql-ws|yoga|bare`.
 * They use the gateway's contract, feed and hub, so that they differ only in how results are sent.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { buildSchema, execute, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';

import type { PositionedEvent } from '../../src/events/cursor/PositionedEvent.ts';
import { StatusEvents } from '../../src/events/StatusEvents.ts';
import { createLog } from '../../src/log.ts';
import { ApiClock } from '../../src/upstream/transport/ApiClock.ts';
import { basicCredentials } from '../../src/upstream/transport/credentials.ts';
import { StatusEventsClient } from '../../src/upstream/events/StatusEventsClient.ts';

const clock = new ApiClock();
const baseUrl = process.env['APCA_BROKER_BASE_URL'] ?? '';
const credentials = basicCredentials('bench', 'bench');
const client = new StatusEventsClient({ baseUrl, version: 'v2', credentials, clock });
const statusEvents = new StatusEvents(client, clock, createLog('error'));

/** Returns the fields that the benchmark selects. */
function shown({ event, cursor }: PositionedEvent) {
  const { id, at, journalId, entryType, statusFrom, statusTo, description } = event;
  const [from, to] = [statusFrom?.toUpperCase(), statusTo.toUpperCase()];
  return { id, cursor, at, journalId, entryType, statusFrom: from, statusTo: to, description };
}

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const changed = schema.getSubscriptionType()?.getFields()['journalStatusChanged'];
if (!changed) throw new Error('the contract has no journalStatusChanged');
changed.subscribe = () => statusEvents.subscribe(() => true, null);
changed.resolve = (positioned: PositionedEvent) => shown(positioned);

const server = createServer();

/** Serves with graphql-ws as its documentation shows. */
function serveGraphqlWs(): void {
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer({ schema, execute, subscribe }, sockets);
}

/** Serves with Yoga as its documentation shows. Event streams are enabled by default. */
function serveYoga(): void {
  const yoga = createYoga({ schema, logging: false });
  server.on('request', (request, response) => void yoga(request, response));
}

/** Creates one buffer per event and writes it to all sockets, to measure the cost of the sockets alone. */
function serveBare(): void {
  const [sockets, streams] = [new Set<Duplex>(), new Set<ServerResponse>()];
  const handshake = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    handshake.handleUpgrade(request, stream, head, (socket) => {
      socket.on('message', (data: Buffer) => {
        const text = data.toString();
        if (text.includes('connection_init')) socket.send('{"type":"connection_ack"}');
        if (text.includes('"ping"')) socket.send('{"type":"pong"}');
        if (text.includes('"subscribe"')) sockets.add(stream);
      });
    });
  });
  server.on('request', (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    streams.add(response);
  });
  void tellAll(sockets, streams);
}

async function tellAll(sockets: ReadonlySet<Duplex>, streams: ReadonlySet<ServerResponse>): Promise<void> {
  for await (const positioned of statusEvents.subscribe(() => true, null)) {
    const payload = JSON.stringify({ data: { journalStatusChanged: shown(positioned) } });
    const text = Buffer.from(`{"id":"3f0b5f0e-4d8c-4a53-8f0f-3a1f7f550b5d","type":"next","payload":${payload}}`);
    const head = Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff]);
    const frame = Buffer.concat([head, text]);
    const block = Buffer.from(`event: next\ndata: ${payload}\n\n`);
    for (const socket of sockets) socket.write(frame);
    for (const stream of streams) stream.write(block);
  }
}

const serve = { 'graphql-ws': serveGraphqlWs, yoga: serveYoga, bare: serveBare }[process.argv[2] ?? ''];
if (!serve) throw new Error(`expected graphql-ws, yoga or bare, found ${process.argv[2]}`);
serve();
statusEvents.start();
await statusEvents.firstAttempt;
server.listen(0, '127.0.0.1', () => {
  console.log(`127.0.0.1:${(server.address() as AddressInfo).port}`);
});
