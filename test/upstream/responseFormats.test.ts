import type { ServerResponse } from 'node:http';
import { brotliCompressSync, createBrotliCompress, createDeflate, createGzip, deflateSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { basicCredentials } from '../../src/upstream/transport/credentials.ts';
import type { StatusStreamItem } from '../../src/upstream/events/readStatusStream.ts';
import { StatusEventsClient } from '../../src/upstream/events/StatusEventsClient.ts';
import type { StatusStream } from '../../src/upstream/events/StatusEventsClient.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { closeLater } from '../kit/closeLater.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { apiSecret } from '../kit/planted.ts';
import { RawUpstream } from '../kit/RawUpstream.ts';
import { startGateway } from '../kit/startGateway.ts';
import { statusEventLine } from '../kit/statusEventLine.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const jnlc = { fromAccount: sweep, toAccount: customer, amount: '10' };
const journal = JSON.stringify(wireJNLC());

const codings: [string, (content: string) => Buffer][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['identity', (content) => Buffer.from(content)],
  ['gzip, gzip', (content) => gzipSync(gzipSync(content))],
  ['deflate, br', (content) => brotliCompressSync(deflateSync(content))],
];

/** Responds with these bytes. */
function bytes(status: number, body: Buffer, headers: Record<string, string>): Answer {
  return (_seen, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

function responseText(head: string, body: string): string {
  return `HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function openEvents(answer: Answer): Promise<StatusStream> {
  return openEventsAt((await StubUpstream.start(json(404, {}), answer)).url);
}

async function openEventsAt(baseUrl: string): Promise<StatusStream> {
  const client = new StatusEventsClient({
    baseUrl,
    credentials: basicCredentials('sandbox', apiSecret),
    version: 'v2',
  });
  closeLater(() => client.close());
  return client.open();
}

async function next({ items }: StatusStream): Promise<StatusStreamItem | undefined> {
  const result = await items[Symbol.asyncIterator]().next();
  return result.done ? undefined : result.value;
}

describe('a compressed response', () => {
  it.each(codings)('in %s is read', async (coding, encode) => {
    const stub = await StubUpstream.start(bytes(200, encode(journal), { 'content-encoding': coding }));

    expect(await openJournalsClient(stub.url).get(journalId)).toMatchObject({ id: journalId, netAmount: '10' });
    expect(stub.calls[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  it.each(codings)('in %s is read when it is a refusal', async (coding, encode) => {
    const body = encode('{"code":40010000,"message":"amount is required"}');
    const stub = await StubUpstream.start(bytes(400, body, { 'content-encoding': coding }));

    const error = await failureOf(openJournalsClient(stub.url).create({ jnlc }, 'key'));

    expect(error).toMatchObject({ name: 'InvalidRequestError', message: 'amount is required' });
  });

  it('without a body has no message', async () => {
    const stub = await StubUpstream.start(bytes(403, Buffer.alloc(0), { 'content-encoding': 'gzip' }));

    const error = await failureOf(openJournalsClient(stub.url).create({ jnlc }, 'key'));

    expect(error).toMatchObject({ name: 'OtherRefusalError', message: 'HTTP 403 without a message' });
  });

  it.each([
    ['zstd', Buffer.from(journal), 'expected a response in gzip, deflate, br or not compressed, found zstd'],
    ['gzip, gzip, gzip, gzip', Buffer.from(journal), /found gzip, gzip, gzip, gzip$/],
    ['gzip', gzipSync(journal).subarray(0, -9), 'unexpected end of file'],
    ['gzip', Buffer.from(journal), 'incorrect header check'],
  ])(
    'in %s that cannot be decompressed fails a read and leaves the outcome of a write unknown',
    async (coding, body, why) => {
      const stub = await StubUpstream.start(bytes(200, body, { 'content-encoding': coding, 'x-request-id': 'r-1' }));
      const client = openJournalsClient(stub.url);

      const read = await failureOf(client.get(journalId));
      const write = await failureOf(
        client.createReverseBatch({ toAccount: sweep, entries: [{ fromAccount: customer, amount: '1' }] }, 'key'),
      );

      const message = expect.stringMatching(why) as string;
      expect(read).toMatchObject({ name: 'ContractBrokenError', message, requestId: 'r-1' });
      expect(write).toMatchObject({ name: 'OutcomeUnknownError', message, requestId: 'r-1' });
    },
  );

  it.each([
    ['gzip', gzipSync(Buffer.alloc(100_000))],
    ['identity', Buffer.alloc(100_000)],
  ])('in %s is not read beyond the size limit', async (coding, body) => {
    const stub = await StubUpstream.start(bytes(200, body, { 'content-encoding': coding }));
    const client = openJournalsClient(stub.url, { maxBodyBytes: 50_000 });

    expect(await failureOf(client.get(journalId))).toMatchObject({
      name: 'ContractBrokenError',
      message: 'expected a response of at most 50000 bytes, found more',
    });
  });

  it('in an unsupported coding is still a refusal', async () => {
    const stub = await StubUpstream.start(bytes(422, Buffer.from('zstd'), { 'content-encoding': 'zstd' }));

    const error = await failureOf(openJournalsClient(stub.url).create({ jnlc }, 'key'));

    expect(error).toMatchObject({
      name: 'OtherRefusalError',
      message: expect.stringContaining('found zstd') as string,
    });
  });

  it('of the token endpoint is read', async () => {
    const token = gzipSync('{"access_token":"t-1","expires_in":"899"}');
    const tokens = await StubUpstream.start(bytes(200, token, { 'content-encoding': 'gzip' }));
    const api = await StubUpstream.start(json(200, []));
    const credentials = {
      kind: 'oauth',
      clientId: 'a',
      clientSecret: apiSecret,
      tokenUrl: `${tokens.url}/token?a=b`,
    } as const;
    const { url } = await startGateway(api.url, { credentials });

    expect((await ask(url, '{ journals { nodes { id } } }')).errors).toBeUndefined();
    expect(tokens.seen[0]).toMatchObject({ url: '/token?a=b', method: 'POST' });
    expect(api.calls[0]?.headers.authorization).toBe('Bearer t-1');
  });
});

describe('a compressed event stream', () => {
  it.each([
    ['gzip', createGzip],
    ['deflate', createDeflate],
    ['br', createBrotliCompress],
  ])('in %s yields each event when it arrives', async (coding, createEncoder) => {
    let send: (text: string) => void = () => undefined;
    const stream = await openEvents((_seen, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': coding });
      const encoder = createEncoder();
      encoder.pipe(response);
      send = (line) => {
        encoder.write(line);
        encoder.flush();
      };
      send(': welcome\n');
    });

    expect(await next(stream)).toEqual({ kind: 'heartbeat' });
    for (const id of ['01HCMJK2ZKCPTYXMJYS66T0QJ1', '01HCMJK2ZKCPTYXMJYS66T0QJ2']) {
      send(statusEventLine('2026-10-13T13:11:10Z', id));
      expect(await next(stream)).toMatchObject({ kind: 'event', event: { id } });
    }
    stream.close();
  });

  it('fails when it is cut off', async () => {
    const stream = await openEvents((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      response.end(gzipSync(statusEventLine('2026-10-13T13:11:10Z', '01HCMJK2ZKCPTYXMJYS66T0QJ1')).subarray(0, -8));
    });

    expect(await next(stream)).toMatchObject({ kind: 'event' });
    await expect(next(stream)).rejects.toThrow('the event stream broke: unexpected end of file');
  });

  it('is not requested, and one in an unsupported coding is refused', async () => {
    let acceptEncoding: string | string[] | undefined;
    const opened = openEvents(({ headers }, response) => {
      acceptEncoding = headers['accept-encoding'];
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'zstd' });
      response.write('zstd');
    });

    expect(await failureOf(opened)).toMatchObject({
      name: 'UnexpectedResponseError',
      message: expect.stringContaining('found zstd') as string,
    });
    expect(acceptEncoding).toBe('identity');
  });

  it('that is refused gives the message of the API', async () => {
    const opened = openEvents(bytes(403, gzipSync('{"message":"no events for you"}'), { 'content-encoding': 'gzip' }));

    expect(await failureOf(opened)).toMatchObject({ message: 'the Event API refused: no events for you' });
  });
});

describe('an interim response that was not requested', () => {
  const answer = responseText('200 OK', journal);
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nx-request-id: hint\r\n\r\n';
  const proceed = 'HTTP/1.1 100 Continue\r\n\r\n';

  it.each([
    ['100 Continue', [`${proceed}${answer}`]],
    ['100 Continue on its own', [proceed, answer]],
    ['100 Continue in pieces', ['HTT', 'P/1.1 100 Contin', 'ue\r\nx-a: b\r\n\r', '\nHTTP', answer.slice(4)]],
    ['100 Continue twice', [`${proceed}${proceed}`, answer]],
    ['102 Processing', [`HTTP/1.1 102 Processing\r\n\r\n${answer}`]],
    ['103 Early Hints', [`${hints}${answer}`]],
    ['several', [`${hints}${proceed}${hints}${answer}`]],
  ])('(%s) is ignored, and the connection is used again', async (_label, pieces) => {
    const stub = await RawUpstream.start(() => pieces);
    const client = openJournalsClient(stub.url, { connections: 1 });

    expect(await client.get(journalId)).toMatchObject({ id: journalId });
    expect(await client.create({ jnlc }, 'key')).toMatchObject({ id: journalId });
    expect(stub.seen).toHaveLength(2);
  });

  it('adds no header to the final response', async () => {
    const stub = await RawUpstream.start(() => [`${hints}${responseText('400 Bad Request', 'no')}`]);

    const error = await failureOf(openJournalsClient(stub.url).create({ jnlc }, 'key'));

    expect(error).toMatchObject({ message: 'no', requestId: null });
  });

  it('is ignored before an event stream', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';
    const { url } = await RawUpstream.start(() => [`${hints}${proceed}${head}`, ': HTTP/1.1 100\n\n']);
    const stream = await openEventsAt(url);

    expect(await next(stream)).toEqual({ kind: 'heartbeat' });
    stream.close();
  });

  it('is not looked for in a body that arrives in pieces', async () => {
    const stub = await RawUpstream.start(() => [
      'HTTP/1.1 400 Bad Request\r\ncontent-length: 30\r\n\r\n',
      'see HTTP/1.1 100 Contin',
      'ue',
      '\r\n\r\nH',
    ]);

    const error = await failureOf(openJournalsClient(stub.url).create({ jnlc }, 'key'));

    expect(error).toMatchObject({ message: 'see HTTP/1.1 100 Continue\r\n\r\nH' });
  });
});

describe('a 204', () => {
  it.each([
    ['with a length', 'content-length: 2\r\n\r\n'],
    ['with a length and a body', 'content-length: 2\r\n\r\n{}'],
    ['that is chunked', 'transfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['without either', '\r\n'],
  ])('%s ends with its head, and the next response is read correctly', async (_label, rest) => {
    const stub = await RawUpstream.start((line) => [
      line.startsWith('DELETE') ? `HTTP/1.1 204 No Content\r\n${rest}` : responseText('200 OK', journal),
    ]);
    const client = openJournalsClient(stub.url, { connections: 1 });

    await client.delete(journalId);
    expect(await client.get(journalId)).toMatchObject({ id: journalId });
    expect(stub.seen.map((line) => line.split(' ')[0])).toEqual(['DELETE', 'GET']);
  });
});

describe('a response', () => {
  it('with a byte order mark is read', async () => {
    const stub = await StubUpstream.start(text(200, `\ufeff${journal}`));

    expect(await openJournalsClient(stub.url).get(journalId)).toMatchObject({ id: journalId });
  });

  it('of null to a list has no journals', async () => {
    const stub = await StubUpstream.start(json(200, null));

    expect(await openJournalsClient(stub.url).list({ limit: 10 })).toEqual({ journals: [], complete: true });
  });

  it('of null to a batch leaves its outcome unknown', async () => {
    const stub = await StubUpstream.start(json(200, null));
    const batch = { fromAccount: sweep, entries: [{ toAccount: customer, amount: '10' }] };

    const error = await failureOf(openJournalsClient(stub.url).createBatch(batch, 'key'));

    expect(error).toMatchObject({ name: 'OutcomeUnknownError' });
  });

  it('in chunks with trailers is read', async () => {
    const [first, rest] = [journal.slice(0, 20), journal.slice(20)];
    const chunk = (piece: string) => `${piece.length.toString(16)};a=b\r\n${piece}\r\n`;
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-check\r\n\r\n';
    const stub = await RawUpstream.start(() => [head, chunk(first), `${chunk(rest)}0\r\nx-check: 1\r\n\r\n`]);

    expect(await openJournalsClient(stub.url).get(journalId)).toMatchObject({ id: journalId });
  });
});

describe('a JSON number', () => {
  const amountOf = async (net_amount: string) => {
    const body = journal.replace('"net_amount":"10"', `"net_amount":${net_amount}`);
    return openJournalsClient((await StubUpstream.start(text(200, body))).url).get(journalId);
  };

  it.each(['0.30000000000000001', '12345678901234567890.5', '9007199254740993', '10.50', '115.5', '645'])(
    'keeps every digit as an amount: %s',
    async (number) => {
      expect(await amountOf(number)).toMatchObject({ netAmount: number });
    },
  );

  it.each(['1e2', '1E400', '1e-7'])('with an exponent is refused as an amount: %s', async (number) => {
    expect(await failureOf(amountOf(number))).toMatchObject({
      name: 'ContractBrokenError',
      message: `journal ${journalId} with net_amount as a number, expected a decimal in a string`,
    });
  });

  it('in place of a string is read with its digits', async () => {
    const account = '12345678901234567890';
    const body = journal.replace('{', `{"transmitter_account_number":${account},`);
    const stub = await StubUpstream.start(text(200, body));

    expect(await openJournalsClient(stub.url).get(journalId)).toMatchObject({ transmitterAccountNumber: account });
  });
});

describe('an event stream', () => {
  const at = '2026-10-13T13:11:10Z';
  const id = '01HCMJK2ZKCPTYXMJYS66T0QJ1';
  const line = statusEventLine(at, id);

  it.each([
    ['with a byte order mark', `\ufeff${line}`],
    ['with CRLF', line.replaceAll('\n', '\r\n')],
    ['without a space after the colon', line.replace('data: ', 'data:')],
    ['with a byte order mark before the JSON', line.replace('data: ', 'data: \ufeff')],
    [
      'with an integer event_id beside the ULID',
      line.replace('{', '{"event_ulid":"' + id + '","event_id":1.0,').replace(`"event_id":"${id}",`, ''),
    ],
  ])('%s is read', async (_label, body) => {
    const stream = await openEvents(text(200, body, { 'content-type': 'text/event-stream' }));

    expect(await next(stream)).toMatchObject({ kind: 'event', event: { id } });
  });
});
