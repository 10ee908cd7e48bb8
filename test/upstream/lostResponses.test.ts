import { describe, expect, it } from 'vitest';

import type { JournalsClient } from '../../src/upstream/journals/JournalsClient.ts';
import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { closeEachLater } from '../kit/closeLater.ts';
import { freePort } from '../kit/freePort.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer, SeenRequest } from '../kit/StubUpstream.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const writes: Record<string, (client: JournalsClient) => Promise<unknown>> = {
  create: (client) => client.create({ jnlc: { fromAccount: sweep, toAccount: customer, amount: '10' } }, 'key'),
  createBatch: (client) =>
    client.createBatch({ fromAccount: sweep, entries: [{ toAccount: customer, amount: '10' }] }, 'key'),
  createReverseBatch: (client) =>
    client.createReverseBatch({ toAccount: sweep, entries: [{ fromAccount: richCustomers[0], amount: '10' }] }, 'key'),
  delete: (client) => client.delete(journalId),
};

const lost: Record<string, Answer> = {
  'a reset': (_seen, response) => void response.destroy(),
  'a truncated response': (_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id":', () => response.destroy());
  },
  'a truncated chunked response': (_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"id":', () => response.destroy());
  },
  ...Object.fromEntries(
    [301, 302, 307, 308, 408, 409, 500, 502, 503, 504].map((status) => [
      String(status),
      json(status, { message: 'internal error' }, { location: '/elsewhere', 'retry-after': '1' }),
    ]),
  ),
  'an HTML page with 503': text(503, '<html><title>maintenance</title></html>'),
};

const late: Record<string, Answer> = {
  'no response within the deadline': () => undefined,
  'half a response within the deadline': (_seen, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{');
  },
};

const unreadable: Record<string, Answer> = {
  '200 without a body': text(200, ''),
  '200 with an HTML page': text(200, '<html></html>'),
  '200 with malformed JSON': text(200, '{"id": "6d2c'),
  '200 with a journal without its amount': json(200, wireJNLC({ net_amount: null })),
  '200 with an array that holds no journal': json(200, [null]),
  '204': text(204, ''),
  '200 with fewer journals than entries': json(200, []),
};

/** Long enough for two requests to arrive on a busy machine. */
const writeDeadlineMs = 1_000;

async function send(name: string, answer: Answer): Promise<{ error: unknown; stub: StubUpstream }> {
  const stub = await StubUpstream.start(answer);
  const isLate = Object.values(late).includes(answer);
  const client = openJournalsClient(stub.url, isLate ? { writeDeadlineMs } : {});
  return { error: await failureOf(writes[name]?.(client) ?? Promise.resolve()), stub };
}

function pairs(...answers: Record<string, Answer>[]): [string, string, Answer][] {
  return Object.keys(writes).flatMap((name) =>
    answers.flatMap((set) =>
      Object.entries(set).map(([label, answer]): [string, string, Answer] => [name, label, answer]),
    ),
  );
}

/**
 * Returns how often a write is sent. The API takes no idempotency key for a reverse batch, so sending the batch again
 * could move the money twice.
 */
function attemptsOf(name: string): number {
  return name === 'createReverseBatch' ? 1 : 3;
}

function sentBytes({ method, url, headers, body }: SeenRequest): string {
  return JSON.stringify([method, url, headers['idempotency-key'], body]);
}

describe('a write', () => {
  closeEachLater();

  const title = 'by %s that gets %s every time has an unknown outcome and is retried only where that is safe';
  const isUnknown = async (name: string, _label: string, answer: Answer) => {
    const before = Date.now();

    const { error, stub } = await send(name, answer);

    if (Object.values(late).includes(answer)) expect(stub.calls.length).toBeGreaterThanOrEqual(attemptsOf(name) - 1);
    else expect(stub.calls).toHaveLength(attemptsOf(name));
    expect(new Set(stub.calls.map(sentBytes)).size).toBe(1);
    expect(error).toMatchObject(
      name === 'delete'
        ? { name: 'DeleteOutcomeUnknownError', journalId }
        : { name: 'OutcomeUnknownError', idempotencyKey: 'key' },
    );
    const { retryAt } = error as { retryAt: string | null };
    if (name === 'createReverseBatch') expect(retryAt).toBeNull();
    else expect(Date.parse(retryAt ?? '')).toBeGreaterThan(before);
  };

  it.concurrent.each(pairs(lost))(title, isUnknown);
  // One at a time, since their deadline is short.
  it.each(pairs(late).filter(([name, label]) => name === 'create' || !label.startsWith('half a response')))(
    title,
    isUnknown,
  );

  it.concurrent.each(pairs(unreadable).filter(([name]) => name !== 'delete'))(title, async (name, _label, answer) => {
    const { error, stub } = await send(name, answer);

    expect(error).toMatchObject({ name: 'OutcomeUnknownError', idempotencyKey: 'key' });
    expect(stub.calls).toHaveLength(attemptsOf(name));
  });

  it('keeps the message, the code and the request id of an error response', async () => {
    const body = { code: 50_010_000, message: 'internal server error' };

    const { error } = await send('create', json(500, body, { 'x-request-id': 'request-1' }));

    expect(error).toMatchObject({
      message: 'HTTP 500: internal server error',
      requestId: 'request-1',
      upstreamCode: 50_010_000,
    });
  });
});

it('a lost write is logged with the key of the caller and the key that was sent', async () => {
  const lines: string[] = [];
  const stub = await StubUpstream.start((_seen, response) => void response.destroy());
  const client = openJournalsClient(stub.url, { log: watchedLog((line) => lines.push(line)) });
  const jnlc = { fromAccount: sweep, toAccount: customer, amount: '10' };

  await failureOf(client.create({ jnlc }, 'given', 'sent'));

  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ outcome: 'unknown', idempotencyKey: 'given', sentKey: 'sent' });
  expect(stub.calls[0]?.headers['idempotency-key']).toBe('sent');
});

describe('a create whose first response is lost', () => {
  const refused = json(403, { code: 40_310_000, message: 'insufficient balance' });

  it.each<[string, Answer]>([
    ['a refusal', refused],
    ['401', json(401, { message: 'no' })],
    ['429 until later', json(429, { message: 'no' }, { 'retry-after': '600' })],
    ["a proxy's page", text(403, '<html><title>Forbidden</title></html>')],
  ])('has an unknown outcome when its retry gets %s', async (_label, answer) => {
    const stub = await StubUpstream.start((seen, response) =>
      stub.calls.length === 1 ? void response.destroy() : answer(seen, response),
    );

    const error = await failureOf(writes['create']?.(openJournalsClient(stub.url)) ?? Promise.resolve());

    expect(error).toMatchObject({ name: 'OutcomeUnknownError', idempotencyKey: 'key' });
    expect(stub.calls.length).toBeGreaterThan(1);
  });

  it('has an unknown outcome when the caller sends it again while the first attempt may be in progress', async () => {
    const stub = await StubUpstream.start((seen, response) =>
      stub.calls.length <= 3 ? void response.destroy() : refused(seen, response),
    );
    const client = openJournalsClient(stub.url);

    const errors = [
      await failureOf(writes['create']?.(client) ?? Promise.resolve()),
      await failureOf(writes['create']?.(client) ?? Promise.resolve()),
    ];

    expect(errors).toMatchObject([1, 2].map(() => ({ name: 'OutcomeUnknownError' })));
    expect((errors[1] as Error).message).toContain('insufficient balance');
  });

  it('succeeds when its retry does', async () => {
    const stub = await StubUpstream.start((seen, response) =>
      stub.calls.length === 1 ? void response.destroy() : json(200, wireJNLC())(seen, response),
    );

    expect(await writes['create']?.(openJournalsClient(stub.url))).toMatchObject({ id: journalId });
  });
});

describe('a write that cannot be sent', () => {
  it.each(Object.keys(writes))('by %s reports that nothing was sent when the connection is refused', async (name) => {
    const error = await failureOf(
      writes[name]?.(openJournalsClient(`http://127.0.0.1:${await freePort()}`)) ?? Promise.resolve(),
    );

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError', requestId: null });
    expect((error as Error).message).toMatch(/^nothing was sent: .*ECONNREFUSED/);
  });

  it('is never begun when its deadline passes while it waits for a socket', async () => {
    const stub = await StubUpstream.start((seen, response) => {
      if (seen.url === '/v1/journals?limit=1') return json(200, [])(seen, response);
    });
    const client = openJournalsClient(stub.url, { connections: 1, readDeadlineMs: 1_500, writeDeadlineMs: 300 });
    const read = client.get(journalId);

    const error = await failureOf(writes['createBatch']?.(client) ?? Promise.resolve());

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError' });
    await failureOf(read);
    // A queued write would be sent before this list.
    await client.list({ limit: 1 });
    expect(new Set(stub.calls.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('fails when its key cannot be a header value', async () => {
    const stub = await StubUpstream.start(json(200, wireJNLC()));
    const jnlc = { fromAccount: sweep, toAccount: customer, amount: '10' };

    const error = await failureOf(openJournalsClient(stub.url).create({ jnlc }, 'a\r\nb: c'));

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError' });
    expect(stub.calls).toEqual([]);
  });
});
