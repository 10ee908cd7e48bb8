import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { basicCredentials } from '../../src/upstream/transport/credentials.ts';
import type { StatusStreamItem } from '../../src/upstream/events/readStatusStream.ts';
import { StatusEventsClient } from '../../src/upstream/events/StatusEventsClient.ts';
import type {
  StatusEventRange,
  StatusEventsClientOptions,
  StatusStream,
} from '../../src/upstream/events/StatusEventsClient.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { closeLater } from '../kit/closeLater.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { apiSecret } from '../kit/planted.ts';
import { json, quietStream, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';

const nothing = json(404, {});

function eventLine(changes: object = {}): string {
  return `data: ${JSON.stringify({
    at: '2026-10-13T13:11:10.57913Z',
    entry_type: 'JNLC',
    event_id: '01HCMJK2ZKCPTYXMJYS66T0QJJ',
    journal_id: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
    status_from: '',
    status_to: 'queued',
    ...changes,
  })}\n\n`;
}

/** Responds with a stream of this content, which then ends. */
function stream(body: string | Buffer): Answer {
  return (_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(body);
  };
}

function openClient(baseUrl: string, options: Partial<StatusEventsClientOptions> = {}): StatusEventsClient {
  const credentials = basicCredentials('sandbox', apiSecret);
  const client = new StatusEventsClient({ baseUrl, credentials, version: 'v2', ...options });
  closeLater(() => client.close());
  return client;
}

async function openStub(answer: Answer, range: StatusEventRange = {}): Promise<StatusStream> {
  const stub = await StubUpstream.start(nothing, answer);
  return openClient(stub.url).open(range);
}

async function collect({ items }: StatusStream, count = Infinity): Promise<StatusStreamItem[]> {
  const collected: StatusStreamItem[] = [];
  for await (const item of items) {
    collected.push(item);
    if (collected.length >= count) break;
  }
  return collected;
}

function kinds(items: readonly StatusStreamItem[]): string[] {
  return items.map(({ kind }) => kind);
}

describe('an event stream', () => {
  it.each([
    [':heartbeat\n', { kind: 'heartbeat' }],
    [': welcome\n\n', { kind: 'heartbeat' }],
    [
      ': you are reading too slowly, dropped 10000 messages\n',
      { kind: 'lossy', comment: 'you are reading too slowly, dropped 10000 messages' },
    ],
    [': internal server error\n', { kind: 'lossy', comment: 'internal server error' }],
  ])('yields one item for the comment %j', async (body, item) => {
    expect(await collect(await openStub(stream(body)))).toEqual([item]);
  });

  it('continues after an event that cannot be read', async () => {
    const opened = await openStub(stream(`data: {"at":\n\n${eventLine({ journal_id: '' })}${eventLine()}`));

    const items = await collect(opened);

    expect(kinds(items)).toEqual(['unreadable', 'unreadable', 'event']);
    expect(items[1]).toMatchObject({ error: { code: 'UPSTREAM_CONTRACT_BROKEN' } });
  });

  it('joins events that arrive in pieces, down to the bytes of one character', async () => {
    const bytes = Buffer.from(eventLine({ description: 'Zürich €' }), 'utf8');
    const opened = await openStub(async (_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const byte of bytes) {
        await new Promise<void>((resolve) => response.write(Buffer.of(byte), () => resolve()));
      }
      response.end();
    });

    expect(await collect(opened)).toMatchObject([{ kind: 'event', event: { description: 'Zürich €' } }]);
  });

  it('fails when the connection breaks', async () => {
    const opened = await openStub((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(eventLine(), () => response.destroy());
    });

    const error = await failureOf(collect(opened));

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError', code: 'UPSTREAM_UNAVAILABLE' });
    expect((error as Error).message).toContain('the event stream broke');
  });

  it('ends without an error when it is closed while it waits', async () => {
    const opened = await openStub(quietStream);
    const items = opened.items[Symbol.asyncIterator]();
    await items.next();
    const waiting = items.next();

    opened.close();

    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('has the time of the response by the clock of the API', async () => {
    const opened = await openStub((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', date: 'Tue, 13 Oct 2026 13:11:10 GMT' });
      response.end();
    });

    expect(opened.openedAt).toBe('2026-10-13T13:11:10.000Z');
  });

  it('is requested with its range, every character of an instant unchanged', async () => {
    const stub = await StubUpstream.start(nothing, quietStream);
    const range = { since: '2026-10-13T13:11:10.57913+02:00', until: '2026-10-14T00:00:00Z' };

    (await openClient(`${stub.url}/prefix`, { version: 'v1' }).open(range)).close();

    const url = new URL(stub.seen[0]?.url ?? '', stub.url);
    expect(url.pathname).toBe('/prefix/v1/events/journals/status');
    expect(Object.fromEntries(url.searchParams)).toEqual(range);
    expect(url.search).toContain('%2B02');
    expect(stub.seen[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      authorization: `Basic ${btoa(`sandbox:${apiSecret}`)}`,
    });
  });
});

describe('opening an event stream', () => {
  it.each([
    ['401', json(401, { message: 'unauthorized' }), 'CredentialsRefusedError', 'unauthorized'],
    ['403', json(403, { message: 'no events for this key' }), 'CredentialsRefusedError', 'no events for this key'],
    ['500', text(500, 'oops'), 'UpstreamUnavailableError', 'HTTP 500: oops'],
    ['400', json(400, { message: 'until needs since' }), 'UnexpectedResponseError', 'HTTP 400: until needs since'],
    ['302', text(302, '', { location: '/login' }), 'UnexpectedResponseError', 'HTTP 302'],
    [
      'an HTML page with 200',
      text(200, '<html><title>Sign in</title></html>', { 'content-type': 'text/html' }),
      'UnexpectedResponseError',
      'expected an event stream, found HTTP 200: Sign in',
    ],
    ['200 without a type', text(200, ''), 'UnexpectedResponseError', 'expected an event stream, found HTTP 200'],
    [
      '503 labelled as a stream',
      text(503, 'later', { 'content-type': 'text/event-stream' }),
      'UpstreamUnavailableError',
      'later',
    ],
  ])('fails after %s and keeps its message', async (_label, answer, name, message) => {
    const error = await failureOf(openStub(answer));

    expect(error).toMatchObject({ name });
    expect((error as Error).message).toContain(message);
  });

  it('fails after a 429 with the time to retry', async () => {
    const before = Date.now();

    const error = await failureOf(openStub(json(429, { message: 'too many' }, { 'retry-after': '120' })));

    expect(error).toMatchObject({ name: 'RateLimitedError' });
    expect(Date.parse((error as { retryAt: string }).retryAt)).toBeGreaterThanOrEqual(before + 120_000);
  });

  it('fails after the start of an error body that never ends', async () => {
    const error = await failureOf(
      openStub((_seen, response) => {
        response.writeHead(401, { 'content-type': 'text/event-stream' });
        response.write('a'.repeat(20_000));
      }),
    );

    expect(error).toMatchObject({ name: 'CredentialsRefusedError' });
  });

  it('fails when the connection is refused', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const error = await failureOf(openClient(`http://127.0.0.1:${port}`).open());

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError' });
  });

  it('fails when no response arrives before the deadline', async () => {
    const stub = await StubUpstream.start(nothing, () => undefined);

    const error = await failureOf(openClient(stub.url, { openDeadlineMs: 100 }).open());

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError' });
  });
});

describe.each(['v1', 'v2'] as const)('an event stream of the sandbox, %s,', (version) => {
  it('has the status changes of a journal, live and replayed', async () => {
    const sandbox = await startSandbox();
    const live = await openClient(sandbox.url, { version }).open();
    const jnlc = { fromAccount: sweep, toAccount: customer, amount: '10', description: 'payday' };

    const journal = await openJournalsClient(sandbox.url).create({ jnlc }, 'key');
    const events = (await collectEvents(live, 3)).map(({ event }) => event);

    expect(events.map(({ statusFrom, statusTo }) => [statusFrom, statusTo])).toEqual([
      [null, 'queued'],
      ['queued', 'sent_to_clearing'],
      ['sent_to_clearing', 'executed'],
    ]);
    expect(events[0]).toMatchObject({
      journalId: journal.id,
      entryType: 'JNLC',
      description: 'payday',
      idempotencyKey: 'key',
      idempotencyKeyType: 'SINGLE',
    });
    const [first, , last] = events;
    const past = await openClient(sandbox.url, { version }).open({ since: first?.at, until: last?.at });
    expect(await collectEvents(past)).toEqual(events.map((event) => ({ kind: 'event', event })));
  });
});

/** The first `count` events, or all of them, without other items. */
async function collectEvents({ items }: StatusStream, count = Infinity) {
  const events: Extract<StatusStreamItem, { kind: 'event' }>[] = [];
  for await (const item of items) {
    if (item.kind === 'event') events.push(item);
    if (events.length >= count) break;
  }
  return events;
}
