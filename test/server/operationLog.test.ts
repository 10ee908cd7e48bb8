import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { bearer, doors, openStream, operate } from '../kit/operate.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { transmitter } from '../kit/planted.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWatched } from '../kit/startWatched.ts';
import type { LogLine } from '../kit/startWatched.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const levels = { debug: 20, info: 30 };

function operationsIn(lines: LogLine[]): LogLine[] {
  return lines.filter(({ msg }) => msg === 'operation');
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

describe('the log of operations', () => {
  it('has one line for each operation, with kind, fields, outcome, duration, principal and request id', async () => {
    const folder = await temporaryFolder();
    const { key, entry } = newKey('ann');
    const file = `${folder}/keys.json`;
    await writeKeyFile(file, [{ key, entry }]);
    const sandbox = await startSandbox();
    const { url, lines } = await startWatched(sandbox.url, { auth: { kind: 'api-key', file } });

    for (const door of doors) await operate(door, url, bearer(key), 'query Status { journals { nodes { id } } }');

    const logged = operationsIn(lines);
    expect(logged).toHaveLength(doors.length);
    for (const line of logged) {
      expect(line).toEqual({
        level: levels.debug,
        time: expect.any(String) as string,
        msg: 'operation',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}(?:\/1)?$/) as string,
        kind: 'query',
        fields: ['journals'],
        name: 'Status',
        principal: 'ann',
        outcome: 'OK',
        upstreamRequestId: null,
        ms: expect.any(Number) as number,
      });
    }
  });

  it('has mutations and subscriptions at level info, subscriptions as soon as they have started', async () => {
    const sandbox = await startSandbox();
    const { url, lines } = await startWatched(sandbox.url);
    const stream = await openStream(url, null, 'subscription { journalStatusChanged { statusTo } }');
    await ask(
      url,
      `mutation { createJournal(input: { jnls: { fromAccount: "${sweep}", toAccount: "${customer}", symbol: "AAPL", qty: "1000000" } }) { __typename } }`,
    );
    stream.abort();

    expect(operationsIn(lines)).toMatchObject([
      { level: levels.info, kind: 'subscription', fields: ['journalStatusChanged'], outcome: 'OK' },
      {
        level: levels.info,
        kind: 'mutation',
        fields: ['createJournal'],
        outcome: 'InsufficientAssetsError',
        upstreamRequestId: expect.any(String) as string,
      },
    ]);
  });

  it('links a failed operation to the line of the request that failed', async () => {
    const stub = await StubUpstream.start(json(500, { message: 'broken' }, { 'x-request-id': 'upstream-1' }));
    const { url, lines } = await startWatched(stub.url);

    await ask(url, '{ journals { nodes { id } } }');

    const about = lines.filter(({ upstreamRequestId }) => upstreamRequestId === 'upstream-1');
    expect(about.map(({ msg, outcome }) => [msg, outcome])).toEqual([
      ['upstream call failed', 'unknown'],
      ['operation', 'UPSTREAM_UNAVAILABLE'],
    ]);
  });

  it('contains nothing from clients except for operation names, which are shortened', async () => {
    const sandbox = await startSandbox();
    const { url, lines } = await startWatched(sandbox.url);
    const query = `query Named${'x'.repeat(500)} ($id: ID!) { planted_alias: journal(id: $id) { id } other: journal(id: "planted-literal") { id } }`;

    await ask(url, query, { id: 'planted-variable', planted_name: 1 });
    await ask(url, `mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }`, {
      input: {
        jnlc: {
          fromAccount: sweep,
          toAccount: customer,
          amount: '31337.77',
          description: 'planted-words',
          ...transmitter,
        },
      },
    });
    await ask(url, '{ planted_field }');
    await ask(url, '{ journals(first: "planted-syntax) }');

    const text = JSON.stringify(operationsIn(lines));
    expect(operationsIn(lines)).toHaveLength(4);
    expect(text).not.toMatch(/planted|31337|x{64}/);
    for (const account of [sweep, customer]) expect(text).not.toContain(account);
  });
});

describe('request ids', () => {
  it('are taken from the client if they are valid, and returned in the response', async () => {
    const sandbox = await startSandbox();
    const { url, lines } = await startWatched(sandbox.url);

    const answer = await fetch(url, post({ query: '{ __typename }' }, { 'x-request-id': 'lb:4f-1/a=' }));

    expect(answer.headers.get('x-request-id')).toBe('lb:4f-1/a=');
    expect(operationsIn(lines)).toMatchObject([{ requestId: 'lb:4f-1/a=' }]);
  });

  it.each([
    ['no id', undefined],
    ['an id that is too long', 'x'.repeat(129)],
    ['an id with forbidden characters', 'a {"level":60}'],
    ['an empty id', ''],
  ])('are generated if the client sends %s', async (_case, given) => {
    const sandbox = await startSandbox();
    const { url, lines } = await startWatched(sandbox.url);

    const answer = await fetch(
      url,
      post({ query: '{ __typename }' }, given === undefined ? {} : { 'x-request-id': given }),
    );

    const id = answer.headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(operationsIn(lines)).toMatchObject([{ requestId: id }]);
  });

  it('are returned by all refusals, too', async () => {
    const sandbox = await startSandbox();
    const { url } = await startWatched(sandbox.url);

    for (const [path, init] of [
      ['/graphql', post('nonsense')],
      ['/nowhere', {}],
      ['/health', {}],
    ] as const) {
      expect((await fetch(new URL(path, url), init)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('of operations on a WebSocket are the id of the upgrade request with a number for each operation', async () => {
    const sandbox = await startSandbox();
    const { url, lines } = await startWatched(sandbox.url);
    const socket = await RawSocket.open(url, undefined, { 'x-request-id': 'screen-7' });
    socket.send({ type: 'connection_init' });
    await socket.next();

    for (const id of ['a', 'b']) {
      socket.subscribe(id, '{ __typename }');
      await socket.take(2);
    }

    expect(operationsIn(lines).map(({ requestId }) => requestId)).toEqual(['screen-7/1', 'screen-7/2']);
  });
});
