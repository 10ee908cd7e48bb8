import { describe, expect, it } from 'vitest';

import type { JournalsClient } from '../../src/upstream/journals/JournalsClient.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { apiSecret } from '../kit/planted.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const reset: Answer = (_seen, response) => void response.destroy();
const silent: Answer = () => undefined;
const found = json(200, wireJNLC());

/** Starts an API that responds to each call with the next of these answers, and to later calls with the last one. */
function inTurn(...answers: [Answer, ...Answer[]]): Promise<StubUpstream> {
  const waiting = [...answers];
  return StubUpstream.start((seen, response) => {
    const [next = reset] = waiting;
    if (waiting.length > 1) waiting.shift();
    return next(seen, response);
  });
}

describe('a read', () => {
  it.each([
    ['502', json(502, {})],
    ['503', json(503, {})],
    ['504', json(504, {})],
    ['a reset', reset],
  ])('is retried after %s', async (_label, failing) => {
    const stub = await inTurn(failing, failing, found);

    const journal = await openJournalsClient(stub.url).get(journalId);

    expect(journal?.id).toBe(journalId);
    expect(stub.calls).toHaveLength(3);
  });

  it.each([
    ['503', json(503, { message: 'restarting' }, { 'x-request-id': 'request-1' }), 'HTTP 503: restarting'],
    ['a reset', reset, 'the response was lost'],
  ])('fails after three attempts with %s', async (_label, failing, message) => {
    const stub = await inTurn(failing);

    const error = await failureOf(openJournalsClient(stub.url).get(journalId));

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError', code: 'UPSTREAM_UNAVAILABLE' });
    expect((error as Error).message).toContain(message);
    expect(stub.calls).toHaveLength(3);
  });

  it.each([400, 403, 500, 501])('is not retried after %i', async (status) => {
    const stub = await inTurn(json(status, {}), found);

    await failureOf(openJournalsClient(stub.url).get(journalId));

    expect(stub.calls).toHaveLength(1);
  });

  it('of one journal fails after a 404 with an HTML page, which a proxy wrote', async () => {
    const stub = await inTurn(text(404, '<!doctype html><title>Not Found</title>'));

    const error = await failureOf(openJournalsClient(stub.url).get(journalId));

    expect(error).toMatchObject({ code: 'UPSTREAM_REFUSED', message: 'HTTP 404: Not Found' });
  });

  it('of a list fails with the message of a 422 that is not about too many journals', async () => {
    const stub = await inTurn(json(422, { message: 'invalid after' }, { 'x-request-id': 'request-1' }));

    const error = await failureOf(openJournalsClient(stub.url).list({ limit: 10 }));

    expect(error).toMatchObject({
      code: 'UPSTREAM_REFUSED',
      message: 'HTTP 422: invalid after',
      requestId: 'request-1',
    });
  });

  it.each(['more than 100000 records match', 'too many journals', 'please reduce the date range', ''])(
    'of a list is incomplete after a 422 with the message %j',
    async (message) => {
      const stub = await inTurn(json(422, { message }));

      expect(await openJournalsClient(stub.url).list({ limit: 10 })).toEqual({ journals: [], complete: false });
    },
  );

  it('that loses its connection during the response names the request id', async () => {
    const stub = await inTurn((_seen, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': '100',
        'x-request-id': 'request-1',
      });
      response.write('{', () => response.destroy());
    });

    const error = await failureOf(openJournalsClient(stub.url).get(journalId));

    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', requestId: 'request-1' });
  });

  it('logs the request id and the field when its response cannot be read', async () => {
    const lines: string[] = [];
    const log = watchedLog((line) => lines.push(line));
    const stub = await inTurn(json(200, { ...wireJNLC(), status: undefined }, { 'x-request-id': 'request-1' }));

    await failureOf(openJournalsClient(stub.url, { log }).get(journalId));

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ endpoint: 'getJournal', upstreamRequestId: 'request-1' });
    expect(lines[0]).toContain('without status');
  });

  it('ends at its deadline, of which each attempt gets a part', async () => {
    const stub = await inTurn(silent);
    const client = openJournalsClient(stub.url, { readDeadlineMs: 1_000 });
    const startedAt = performance.now();

    const error = await failureOf(client.get(journalId));

    expect((error as Error).message).toMatch(/no response within \d+ ms/);
    expect(performance.now() - startedAt).toBeGreaterThan(490);
    expect(stub.calls.length).toBeGreaterThan(1);
  });

  it('succeeds with its second attempt when the first gets no response', async () => {
    const stub = await inTurn(silent, found);

    const journal = await openJournalsClient(stub.url, { readDeadlineMs: 2_000 }).get(journalId);

    expect(journal?.id).toBe(journalId);
    expect(stub.calls).toHaveLength(2);
  });

  it('ends when its caller cancels it, and is not retried', async () => {
    const cancel = new AbortController();
    const stub = await StubUpstream.start(() => cancel.abort());

    const error = await failureOf(openJournalsClient(stub.url).get(journalId, cancel.signal));

    expect(error).toMatchObject({ name: 'AbandonedError' });
    expect((error as Error).message).toContain('disconnected');
    expect(stub.calls).toHaveLength(1);
  });

  it('is not sent when its caller has already cancelled it', async () => {
    const stub = await inTurn(found);

    await failureOf(openJournalsClient(stub.url).get(journalId, AbortSignal.abort()));

    expect(stub.calls).toEqual([]);
  });

  it('leaves its socket usable for the next call', async () => {
    const stub = await inTurn(silent, found);
    const client = openJournalsClient(stub.url, { connections: 1 });
    await failureOf(client.get(journalId, AbortSignal.timeout(200)));

    const journal = await client.get(journalId);

    expect(journal?.id).toBe(journalId);
  });
});

describe('a connection', () => {
  it('opens up to the maximum number of sockets', async () => {
    let open = 0;
    let most = 0;
    const answers: (() => void)[] = [];
    const stub = await StubUpstream.start((seen, response) => {
      most = Math.max(most, (open += 1));
      answers.push(() => {
        open -= 1;
        void found(seen, response);
      });
      if (answers.length >= 3) answers.shift()?.();
      if (stub.calls.length === 12) for (const answer of answers.splice(0)) answer();
    });
    const client = openJournalsClient(stub.url, { connections: 3 });

    const journals = await Promise.all(Array.from({ length: 12 }, () => client.get(journalId)));

    expect(journals).toHaveLength(12);
    expect(most).toBe(3);
  });

  it('adds the path of its base URL and its credentials to every call', async () => {
    const stub = await StubUpstream.start(json(200, []));
    const calls: ((client: JournalsClient) => Promise<unknown>)[] = [
      (client) => client.list({ limit: 1 }),
      (client) => client.delete(journalId),
    ];

    for (const send of calls) await send(openJournalsClient(`${stub.url}/broker/`));

    expect(stub.calls.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/broker/v1/journals?limit=1', `Basic ${btoa(`sandbox:${apiSecret}`)}`],
      [`/broker/v1/journals/${journalId}`, `Basic ${btoa(`sandbox:${apiSecret}`)}`],
    ]);
  });
});
