import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { richCustomers, sweep, customer } from '../kit/accounts.ts';
import { Gate } from '../kit/Gate.ts';
import { mutate } from '../kit/mutate.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const [payer] = richCustomers;

/** Functions that send a query. Each returns a function that disconnects, as closing a browser tab does. */
const clients: Record<string, (url: string, query: string) => () => void> = {
  HTTP: (url, query) => {
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json' };
    fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }), signal: leaving.signal }).catch(() => null);
    return () => leaving.abort();
  },
  SSE: (url, query) => {
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }), signal: leaving.signal }).catch(() => null);
    return () => leaving.abort();
  },
  WebSocket: (url, query) => {
    const client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    client.subscribe({ query }, { next: () => undefined, error: () => undefined, complete: () => undefined });
    return () => client.terminate();
  },
};

describe.each(Object.entries(clients))('a client over %s that disconnects during a mutation', (_name, ask) => {
  it('does not stop a create, which is retried with the same key when its answer is lost', async () => {
    const [first, second] = [new Gate(), new Gate()];
    const stub = await StubUpstream.start(async (seen, response) => {
      if (stub.calls.length === 1) {
        await first.pass();
        return void response.destroy();
      }
      await json(200, wireJNLC())(seen, response);
      await second.pass();
    });
    const { url } = await startGateway(stub.url);
    const input = `jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "10" }`;

    const leave = ask(url, `mutation { createJournal(input: { ${input} }, idempotencyKey: "key") { __typename } }`);
    await first.reached;
    leave();
    first.open();
    await second.reached;

    const sent = stub.calls.map(({ headers, body }) => [headers['idempotency-key'], body]);
    expect(sent[0]?.[0]).toBe('key');
    expect(sent[1]).toEqual(sent[0]);
  });

  it('gets the success of its reverse batch when it repeats the call, and the batch was sent once', async () => {
    const gate = new Gate();
    const made = wireJNLC({ from_account: payer, to_account: sweep });
    const stub = await StubUpstream.start(async (seen, response) => {
      if (seen.method === 'POST') await gate.pass();
      return json(200, seen.method === 'POST' ? [made] : made)(seen, response);
    });
    const { url } = await startGateway(stub.url);
    const input = `toAccount: "${sweep}", entries: [{ fromAccount: "${payer}", amount: "10" }]`;
    const query = `mutation { createReverseBatchJournal(input: { ${input} }, idempotencyKey: "key") { __typename } }`;

    const leave = ask(url, query);
    await gate.reached;
    leave();
    gate.open();
    const back = await mutate(url, 'createReverseBatchJournal', {
      input: { toAccount: sweep, entries: [{ fromAccount: payer, amount: '10' }] },
      idempotencyKey: 'key',
    });

    expect(back.results?.map(({ journal }) => journal.id)).toEqual([journalId]);
    expect(stub.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
