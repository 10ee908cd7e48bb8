import { describe, expect, it } from 'vitest';

import { customerAccountIds, sweepAccountId } from '../../src/sandbox/setup/seed.ts';
import { startSandbox } from '../sandbox/kit/startSandbox.ts';
import { exchange } from './rawRequestsConnection.ts';

/**
 * These requests are byte for byte what curl, Postman, Go's net/http, Python's requests and axios send. Only ids, hosts
 * and credentials are changed.
 */

const [customer] = customerAccountIds;
const credential = Buffer.from('key:secret').toString('base64');
const authorization = `Authorization: Basic ${credential}`;

function lines(...head: string[]): string {
  return `${head.join('\r\n')}\r\n\r\n`;
}

function withBody(body: string, ...head: string[]): string {
  return lines(...head, `Content-Length: ${Buffer.byteLength(body)}`) + body;
}

const jnlc = `{"entry_type":"JNLC","from_account":"${sweepAccountId}","to_account":"${customer}","amount":"10"}`;

describe('a create', () => {
  it.each([
    [
      'curl -d, which labels JSON as a form',
      withBody(
        jnlc,
        'POST /v1/journals HTTP/1.1',
        'Host: localhost:4010',
        authorization,
        'User-Agent: curl/7.88.1',
        'Accept: */*',
        'Content-Type: application/x-www-form-urlencoded',
      ),
    ],
    [
      'Postman, with white space in the body and an amount as a number',
      withBody(
        `{\r\n    "entry_type": "JNLC",\r\n    "from_account": "${sweepAccountId}",\r\n    "to_account": "${customer}",\r\n    "amount": 10.5\r\n}`,
        'POST /v1/journals HTTP/1.1',
        'Content-Type: application/json',
        authorization,
        'User-Agent: PostmanRuntime/7.36.0',
        'Accept: */*',
        'Postman-Token: 8d1b9d2e-7e0a-4f3c-9f0a-2b7b6a1f0c11',
        'Host: localhost:4010',
        'Accept-Encoding: gzip, deflate, br',
        'Connection: keep-alive',
      ),
    ],
    [
      "Go's net/http, chunked, with canonical header names",
      lines(
        'POST /v1/journals HTTP/1.1',
        'Host: localhost:4010',
        'User-Agent: Go-http-client/1.1',
        'Transfer-Encoding: chunked',
        authorization,
        'Content-Type: application/json',
        'Idempotency-Key: 0b7ab1e7-7c9a-4df1-9d5a-0f7b64c0a001',
        'Accept-Encoding: gzip',
      ) + `${jnlc.length.toString(16)}\r\n${jnlc}\r\n0\r\n\r\n`,
    ],
    [
      'axios, in two chunks, with lower-case header names',
      lines(
        'POST /v1/journals HTTP/1.1',
        'accept: application/json, text/plain, */*',
        'content-type: application/json;charset=utf-8',
        `authorization: Basic ${credential}`,
        'idempotency-key: 0b7ab1e7-7c9a-4df1-9d5a-0f7b64c0a002',
        'user-agent: axios/1.6.2',
        'host: localhost:4010',
        'transfer-encoding: chunked',
      ) + `10\r\n${jnlc.slice(0, 16)}\r\n${(jnlc.length - 16).toString(16)}\r\n${jnlc.slice(16)}\r\n0\r\n\r\n`,
    ],
    [
      "the vendor's Python SDK, without nulls and with the amount as a string",
      withBody(
        `{"from_account": "${sweepAccountId}", "entry_type": "JNLC", "to_account": "${customer}", "amount": "10.0", "description": "bonus"}`,
        'POST /v1/journals HTTP/1.1',
        'Host: localhost:4010',
        'User-Agent: APCA-PY/0.33.0',
        'Accept-Encoding: gzip, deflate',
        'Accept: */*',
        'Connection: keep-alive',
        authorization,
        'Content-Type: application/json',
      ),
    ],
    [
      'an HTTP/1.0 script, without a Host header',
      withBody(jnlc, 'POST /v1/journals HTTP/1.0', `AUTHORIZATION: BASIC ${credential}`),
    ],
    [
      'a client that sends null for absent fields',
      withBody(
        jnlc.replace('}', ',"description":null,"currency":null,"transmitter_name":null,"symbol":null,"qty":null}'),
        'POST /v1/journals HTTP/1.1',
        'Host: x',
        authorization,
      ),
    ],
  ])('from %s returns the journal', async (_client, request) => {
    const { sandbox } = await startSandbox();

    const [answer] = await exchange(sandbox.port, request, 1);

    expect(answer?.status).toBe(200);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: 'executed', from_account: sweepAccountId });
  });
});

describe('the sandbox', () => {
  it('responds to pipelined requests in order on one connection', async () => {
    const { sandbox } = await startSandbox();
    const get = (path: string) => lines(`GET ${path} HTTP/1.1`, 'Host: x', authorization);
    const create = withBody(jnlc, 'POST /v1/journals HTTP/1.1', 'Host: x', authorization);

    const answers = await exchange(sandbox.port, create + get('/v1/journals') + get('/v1/nothing'), 3);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(answers.map(({ body }) => body[0])).toEqual(['{', '[', '{']);
  });

  it('closes the connection after an HTTP/1.0 request and after Connection: close', async () => {
    const { sandbox } = await startSandbox();

    const old = await exchange(sandbox.port, lines('GET /v1/journals HTTP/1.0', authorization), 'until closed');
    const closing = await exchange(
      sandbox.port,
      lines('GET /v1/journals HTTP/1.1', 'Host: x', 'Connection: close', authorization),
      'until closed',
    );

    expect([...old, ...closing].map(({ body }) => body)).toEqual(['[]', '[]']);
  });

  it('sends 100 Continue to a client that expects it', async () => {
    const { sandbox } = await startSandbox();
    const request = withBody(jnlc, 'POST /v1/journals HTTP/1.1', 'Host: x', authorization, 'Expect: 100-continue');

    const answers = await exchange(sandbox.port, request, 2);

    expect(answers.map(({ status }) => status)).toEqual([100, 200]);
  });

  it.each([
    ['in absolute form, as proxies send it', 'http://localhost:4010/v1/journals?limit=1'],
    ['with a trailing slash', '/v1/journals/?limit=1'],
    [
      'with parameters in any order, some empty',
      '/v1/journals?status=&limit=1&after=2020-01-01&before=&entry_type=JNLC',
    ],
    ['with percent-encoded parameters', '/v1/journals?%6Cimit=%31&after=2020%2D01%2D01'],
    ['with unknown parameters', '/v1/journals?limit=1&page=2'],
  ])('accepts a target %s', async (_form, target) => {
    const { sandbox, client } = await startSandbox();
    await client.post('/v1/journals', jnlc);
    await client.post('/v1/journals', jnlc);

    const request = lines(`GET ${target} HTTP/1.1`, 'Host: x', authorization);
    const [answer] = await exchange(sandbox.port, request, 1);

    expect(answer?.status).toBe(200);
    expect(JSON.parse(answer?.body ?? '')).toHaveLength(1);
  });

  it('streams events to an HTTP/1.0 client', async () => {
    const { sandbox } = await startSandbox();

    const request = lines(
      'GET /v2/events/journals/status?since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z HTTP/1.0',
      authorization,
      'Accept: text/event-stream',
    );
    const [answer] = await exchange(sandbox.port, request, 'until closed');

    expect(answer?.status).toBe(200);
    expect(answer?.body).toBe(': welcome\n\n');
  });

  it('accepts a token request as OAuth libraries send it', async () => {
    const { sandbox } = await startSandbox();
    const request = withBody(
      'grant_type=client_credentials&client_id=key&client_secret=secret',
      'POST /v1/oauth2/token HTTP/1.1',
      'Host: x',
      'Content-Type: application/x-www-form-urlencoded;charset=UTF-8',
      'Accept: application/json',
    );

    const [answer] = await exchange(sandbox.port, request, 1);

    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ token_type: 'Bearer' });
  });
});
