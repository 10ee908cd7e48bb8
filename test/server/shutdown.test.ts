import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import { EventStream } from '../kit/EventStream.ts';
import { Gate } from '../kit/Gate.ts';
import { closeLater } from '../kit/closeLater.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';

/** Sends a request through an agent, so that a test controls which connection is used. */
async function askOver(agent: Agent, url: string, query: string): Promise<IncomingMessage> {
  const outgoing = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
  outgoing.end(JSON.stringify({ query }));
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return answer;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return text;
}

function post(url: string, query: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
}

describe('a shutdown', () => {
  it('waits for a mutation over HTTP, and announces the end of the connection', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') });
    const answer = post(server.url, 'mutation { work }');
    await gate.reached;

    const closed = server.close();
    gate.open();

    expect(await (await answer).json()).toEqual({ data: { work: 'done' } });
    expect((await answer).headers.get('connection')).toBe('close');
    await closed;
  });

  it('waits for a mutation over WebSocket, whose result and complete are sent before the close', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', 'mutation { work }');
    await gate.reached;

    const closed = server.close();
    gate.open();

    expect(await socket.take(2)).toEqual([
      { id: '1', type: 'next', payload: { data: { work: 'done' } } },
      { id: '1', type: 'complete' },
    ]);
    expect((await socket.closed).code).toBe(1001);
    await closed;
  });

  it('waits for a mutation over an event stream', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') });
    const opened = EventStream.post(server.url, 'mutation { work }');
    await gate.reached;

    const closed = server.close();
    gate.open();

    expect(await (await opened).rest()).toEqual([
      { event: 'next', data: '{"data":{"work":"done"}}' },
      { event: 'complete', data: '' },
    ]);
    await closed;
  });

  it('waits for a mutation whose client has disconnected', async () => {
    const gate = new Gate();
    let isDone = false;
    const server = await startServer({
      work: async () => {
        await gate.pass();
        isDone = true;
        return 'done';
      },
    });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', 'mutation { work }');
    await gate.reached;
    socket.terminate();
    await socket.closed;

    const closed = server.close();
    gate.open();
    await closed;

    expect(isDone).toBe(true);
  });

  it('refuses new operations on an open WebSocket with SHUTTING_DOWN', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('running', 'mutation { work }');
    await gate.reached;

    const closed = server.close();
    socket.subscribe('query', '{ hello }');
    socket.subscribe('mutation', 'mutation { hello }');
    socket.subscribe('subscription', 'subscription { ticks }');

    const refusals = await socket.take(3);
    expect(new Set(refusals.map(({ id }) => id))).toEqual(new Set(['query', 'mutation', 'subscription']));
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'SHUTTING_DOWN' } }] });
    }
    gate.open();
    await closed;
  });

  it('refuses a new operation on an open connection with 503', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') });
    const { hostname, port } = new URL(server.url);
    const kept = connect(Number(port), hostname);
    closeLater(() => kept.destroy());
    await once(kept, 'connect');
    const running = post(server.url, 'mutation { work }');
    await gate.reached;
    const body = JSON.stringify({ query: 'mutation { hello }' });
    kept.write(
      `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`,
    );
    // When a later request is answered, the server has received the first lines of this one.
    await post(server.url, '{ hello }').then((answer) => answer.text());

    const closed = server.close();
    kept.write(`\r\n${body}`);
    const [answer] = (await once(kept, 'data')) as [Buffer];
    gate.open();

    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer.toString().toLowerCase()).toContain('connection: close');
    expect(answer.toString()).toContain('"code":"SHUTTING_DOWN"');
    await running;
    await closed;
  });

  it('refuses new connections', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') });
    const running = post(server.url, 'mutation { work }');
    await gate.reached;

    const closed = server.close();

    await expect(post(server.url, '{ hello }')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    gate.open();
    await running;
    await closed;
  });

  it('closes idle WebSockets with 1001, so that clients reconnect', async () => {
    const server = await startServer({});
    const socket = await RawSocket.ready(server.url);

    await server.close();

    expect(await socket.closed).toEqual({ code: 1001, reason: 'the gateway is going away' });
  });

  it.each(['WebSocket', 'SSE'] as const)('disconnects subscribers over %s one after the other', async (transport) => {
    const server = await startServer({ ticks: () => new Source() });
    const left = await Promise.all(
      Array.from({ length: 40 }, async () => {
        if (transport === 'WebSocket') return { gone: (await RawSocket.ready(server.url)).closed };
        return { gone: (await EventStream.post(server.url, 'subscription { ticks }')).rest() };
      }),
    );
    const moments = left.map(({ gone }) => gone.catch(() => undefined).then(() => performance.now()));

    await server.close();

    const leftAt = await Promise.all(moments);
    expect(Math.max(...leftAt) - Math.min(...leftAt)).toBeGreaterThan(100);
  });

  it('ends the sources of subscriptions on every transport', async () => {
    const sources = [new Source(), new Source()];
    const opened = [...sources];
    const server = await startServer({ ticks: () => opened.shift() ?? new Source() });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', 'subscription { ticks }');
    await EventStream.post(server.url, 'subscription { ticks }');
    await Promise.all(sources.map(({ read }) => read));

    await server.close();

    await Promise.all(sources.map(({ left }) => left));
  });

  it('closes event streams of subscriptions without a complete, after which clients would not reconnect', async () => {
    const source = new Source();
    const server = await startServer({ ticks: () => source });
    const stream = await EventStream.post(server.url, 'subscription { ticks }');
    source.push('first');
    await stream.next();

    await server.close();

    await expect(stream.rest()).rejects.toThrow();
  });

  it("doesn't wait for idle connections", async () => {
    const server = await startServer({});
    const agent = new Agent({ keepAlive: true });
    closeLater(() => agent.destroy());
    await textOf(await askOver(agent, server.url, '{ hello }'));

    await server.close();

    expect(server.running.count).toBe(0);
  });

  it("doesn't wait for a client that keeps its side open after its upgrade was refused", async () => {
    const server = await startServer({});
    const { hostname, port } = new URL(server.url);
    const client = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    closeLater(() => client.destroy());
    client.write('GET /elsewhere HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    const [refusal] = (await once(client, 'data')) as [Buffer];

    await server.close();

    expect(refusal.toString()).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('disconnects clients that have not sent a complete request', async () => {
    const server = await startServer({});
    const { hostname, port } = new URL(server.url);
    const client = connect(Number(port), hostname);
    closeLater(() => client.destroy());
    client.write('GET /graphql HTTP/1.1\r\n');
    await post(server.url, '{ hello }').then((answer) => answer.text());

    await server.close();

    if (!client.closed) await once(client, 'close');
  });

  it("doesn't wait for a client that has sent half of a body", async () => {
    const server = await startServer({}, { graceMs: 60_000 });
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    closeLater(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"query"',
    );
    await post(server.url, '{ hello }').then((answer) => answer.text());

    await server.close();

    expect(server.running.count).toBe(0);
  });

  it("doesn't wait for a request that was refused before its body was read", async () => {
    const server = await startServer({}, { graceMs: 60_000 });

    const answer = await fetch(server.url, { method: 'POST', body: new URLSearchParams({ query: '{hello}' }) });
    await server.close();

    expect(answer.status).toBe(403);
    expect(server.running.count).toBe(0);
  });

  it('waits no longer than the grace period for an operation that never ends', async () => {
    const gate = new Gate();
    const server = await startServer({ work: () => gate.pass().then(() => 'done') }, { graceMs: 100 });
    const socket = await RawSocket.ready(server.url);
    socket.subscribe('1', 'mutation { work }');
    await gate.reached;

    await server.close();

    expect((await socket.closed).code).toBe(1001);
  });

  it.each(['WebSocket', 'SSE'] as const)('is not delayed by a stalled subscriber over %s', async (transport) => {
    const source = new Source();
    const server = await startServer({ ticks: () => source });
    if (transport === 'WebSocket') {
      const socket = await RawSocket.ready(server.url);
      socket.subscribe('1', 'subscription { ticks }');
      socket.stall();
    } else {
      await EventStream.post(server.url, 'subscription { ticks }');
    }
    await source.read;
    // More than the buffers of both sides hold, so that the server's writes wait for the reader.
    for (let count = 0; count < 64; count += 1) source.push('x'.repeat(1_000_000));

    await server.close();

    await source.left;
  });

  it.each(['WebSocket', 'HTTP'] as const)(
    'waits no longer than the grace period for a client that stops reading its response over %s',
    async (transport) => {
      const server = await startServer({ work: () => 'x'.repeat(64_000_000) }, { graceMs: 100 });
      if (transport === 'WebSocket') {
        const socket = await RawSocket.ready(server.url);
        socket.stall();
        socket.subscribe('1', '{ work }');
      } else {
        const agent = new Agent();
        closeLater(() => agent.destroy());
        await askOver(agent, server.url, '{ work }');
      }
      // When a later request is answered, this one has been received.
      await post(server.url, '{ hello }').then((answer) => answer.text());

      await expect(server.close()).resolves.toBeUndefined();
    },
  );
});
