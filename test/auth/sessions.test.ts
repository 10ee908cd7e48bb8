import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ApiKeyAuthenticator } from '../../src/auth/ApiKeyAuthenticator.ts';
import { Session } from '../../src/auth/Session.ts';
import { anyone } from '../../src/auth/principal.ts';
import type { AuthConfig } from '../../src/config/auth.ts';
import type { Gateway } from '../../src/gateway.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { Gate } from '../kit/Gate.ts';
import { Issuer } from '../kit/Issuer.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { closeLater } from '../kit/closeLater.ts';
import { bearer, enter, openStream, operate } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const subscription =
  'subscription ($after: String) { journalStatusChanged(after: $after) { journalId statusTo cursor } }';
const create = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) {
  ... on CreateJournalSuccess { journal { id } } } }`;

interface Created {
  createJournal: { journal: { id: string } };
}

interface Changed {
  data: { journalStatusChanged: { journalId: string; statusTo: string; cursor: string } };
}

async function startBoth(auth: AuthConfig): Promise<Gateway> {
  const sandbox = await startSandbox();
  return startGateway(sandbox.url, {}, { auth });
}

async function ready(url: string, credential: string): Promise<RawSocket> {
  const socket = await enter('WebSocket', url, bearer(credential));
  if (!(socket instanceof RawSocket)) throw new Error(`refused: ${JSON.stringify(socket)}`);
  return socket;
}

async function createOne(url: string, credential: string): Promise<string> {
  const { data } = await operate('HTTP', url, bearer(credential), create);
  return (data as unknown as Created).createJournal.journal.id;
}

/** Creates tokens that expire within two seconds, and a token that does not expire during the test. */
async function tokensOf(issuer: Issuer) {
  const rights = { scope: 'journals:read journals:write', fromAccounts: [sweep] };
  return {
    short: () => issuer.token({ ...rights, exp: Math.floor(Date.now() / 1_000) + 2 }),
    long: await issuer.token(rights),
  };
}

describe('a token that expires while a socket is open', () => {
  it('ends its subscriptions with TOKEN_EXPIRED and a cursor to resume from, then closes the socket with 4403', async () => {
    const issuer = await Issuer.start();
    const { url } = await startBoth(issuer.auth);
    const { short, long } = await tokensOf(issuer);
    const socket = await ready(url, await short());
    socket.subscribe('first', subscription);
    socket.subscribe('quiet', `subscription { journalStatusChanged(filter: { statusTo: [DELETED] }) { cursor } }`);
    await socket.receivedSoFar();
    const before = await createOne(url, long);

    const messages = await socket.take(5);

    expect(messages.slice(0, 3)).toMatchObject(
      ['QUEUED', 'SENT_TO_CLEARING', 'EXECUTED'].map((statusTo) => ({
        type: 'next',
        payload: { data: { journalStatusChanged: { journalId: before, statusTo } } },
      })),
    );
    const { cursor } = (messages[2]?.payload as Changed).data.journalStatusChanged;
    const expired = (withCursor: unknown) => [
      { message: expect.any(String) as string, extensions: { code: 'TOKEN_EXPIRED', cursor: withCursor } },
    ];
    const ends = messages.slice(3);
    expect(ends.find(({ id }) => id === 'first')).toMatchObject({ type: 'error', payload: expired(cursor) });
    expect(ends.find(({ id }) => id === 'quiet')).toMatchObject({
      type: 'error',
      payload: expired(expect.any(String)),
    });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'the credential has ended' });

    const meanwhile = await createOne(url, long);
    const next = await ready(url, long);
    next.subscribe('resumed', subscription, { after: cursor });
    const resumed = await next.take(3);
    expect(resumed.map(({ payload }) => (payload as Changed).data.journalStatusChanged.journalId)).toEqual([
      meanwhile,
      meanwhile,
      meanwhile,
    ]);
  });

  it('allows running operations to finish and refuses new ones', async () => {
    const issuer = await Issuer.start();
    const gate = new Gate();
    const stub = await StubUpstream.start(async (seen, response) => {
      await gate.pass();
      await json(200, wireJNLC())(seen, response);
    });
    const { url } = await startGateway(stub.url, {}, { auth: issuer.auth });
    const { short } = await tokensOf(issuer);
    const socket = await ready(url, await short());
    socket.subscribe('idle', subscription);
    socket.subscribe('mutation', create);
    await gate.reached;

    expect(await socket.next()).toMatchObject({ id: 'idle', type: 'error' });
    socket.subscribe('late', '{ __typename }');
    expect(await socket.next()).toMatchObject({
      id: 'late',
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    gate.open();

    expect(await socket.next()).toMatchObject({
      id: 'mutation',
      type: 'next',
      payload: { data: { createJournal: {} } },
    });
    expect(await socket.next()).toMatchObject({ id: 'mutation', type: 'complete' });
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(stub.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('closes a socket without running operations', async () => {
    const issuer = await Issuer.start();
    const { url } = await startBoth(issuer.auth);
    const { short } = await tokensOf(issuer);

    const socket = await ready(url, await short());

    expect(await socket.closed).toEqual({ code: 4403, reason: 'the credential has ended' });
  });
});

describe('a token that expires while an event stream is open', () => {
  it('ends the stream with TOKEN_EXPIRED and its cursor', async () => {
    const issuer = await Issuer.start();
    const { url } = await startBoth(issuer.auth);
    const { short, long } = await tokensOf(issuer);
    const stream = await openStream(url, bearer(await short()), subscription);
    await createOne(url, long);

    const events = await stream.rest();

    const [, , last, end] = events.map(({ data }) => (data === '' ? null : (JSON.parse(data) as unknown)));
    const { cursor } = (last as Changed).data.journalStatusChanged;
    expect(end).toMatchObject({ errors: [{ extensions: { code: 'TOKEN_EXPIRED', cursor } }] });
    expect(events.map(({ event }) => event)).toEqual(['next', 'next', 'next', 'next', 'complete']);
  });
});

describe('a signing key', () => {
  it('ends the subscriptions of its tokens, and no others, when its issuer withdraws it', async () => {
    const issuer = await Issuer.start();
    const { url } = await startBoth(issuer.auth);
    const old = await issuer.token();
    const [socket, stream] = [await ready(url, old), await openStream(url, bearer(old), subscription)];
    socket.subscribe('s', subscription);
    await socket.receivedSoFar();

    await issuer.rotate({ withdraw: true });
    const next = await ready(url, await issuer.token({ sub: 'ben' }));

    const expired = [{ extensions: { code: 'TOKEN_EXPIRED', cursor: expect.any(String) as string } }];
    expect(await socket.next()).toMatchObject({ type: 'error', payload: expired });
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(JSON.parse((await stream.next())?.data ?? '')).toMatchObject({ errors: expired });
    expect(await next.receivedSoFar()).toEqual([]);
  });

  it.each<[string, (issuer: Issuer) => void]>([
    ['the issuer adds a new key', () => undefined],
    ['the issuer also publishes it in another notation', (issuer) => issuer.respell()],
  ])('is not considered withdrawn when %s', async (_how, change) => {
    const issuer = await Issuer.start();
    const { url } = await startBoth(issuer.auth);
    const socket = await ready(url, await issuer.token());
    socket.subscribe('s', subscription);
    await socket.receivedSoFar();

    await issuer.rotate();
    change(issuer);
    await ready(url, await issuer.token({ sub: 'ben' }));

    expect(await socket.receivedSoFar()).toEqual([]);
  });
});

describe('a changed key file', () => {
  it('admits new keys and ends the subscriptions of keys that are removed or have other grants', async () => {
    const path = join(await temporaryFolder(), 'keys.json');
    const [kept, gone, changed, added] = ['kept', 'gone', 'changed', 'added'].map((name) => newKey(name));
    if (!kept || !gone || !changed || !added) throw new Error('expected four keys');
    await writeKeyFile(path, [kept, gone, changed]);
    const { url } = await startBoth({ kind: 'api-key', file: path });
    const sockets = await Promise.all([kept, gone, changed].map(({ key }) => ready(url, key)));
    for (const socket of sockets) socket.subscribe('s', subscription);
    await Promise.all(sockets.map((socket) => socket.receivedSoFar()));

    const narrowed = { ...changed, entry: { ...changed.entry, accounts: [customer] } };
    await writeKeyFile(`${path}.next`, [kept, narrowed, added]);
    await rename(`${path}.next`, path);
    const [keptSocket, ...ended] = sockets;
    const errors = await Promise.all(ended.map((socket) => socket.next()));

    expect(errors).toMatchObject(
      ended.map(() => ({ type: 'error', payload: [{ extensions: { code: 'TOKEN_EXPIRED' } }] })),
    );
    expect(await Promise.all(ended.map((socket) => socket.closed))).toMatchObject([{ code: 4403 }, { code: 4403 }]);
    expect(await keptSocket?.receivedSoFar()).toEqual([]);
    const statuses = await Promise.all(
      [added, changed, gone].map(async ({ key }) => (await operate('HTTP', url, bearer(key), '{ __typename }')).status),
    );
    expect(statuses).toEqual([200, 200, 401]);
  });

  it('that is invalid changes nothing and is logged', async () => {
    const path = join(await temporaryFolder(), 'keys.json');
    const key = newKey('kept');
    await writeKeyFile(path, [key]);
    const lines: string[] = [];
    const logged = new Gate();
    const log = watchedLog((line) => {
      if (!line.includes('key file')) return;
      lines.push(line);
      logged.open();
    });
    const authenticator = await ApiKeyAuthenticator.open(path, log);
    closeLater(() => authenticator.close());

    await writeFile(path, `{ "keys": [{ "name": "${key.key}"`);
    await logged.opened;

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 50, keys: 1, problems: [expect.any(String)] });
    const { principal } = authenticator.authenticate(bearer(key.key));
    expect(principal.name).toBe('kept');
  });
});

describe('a session', () => {
  it('calls each remaining listener once when it ends, and later listeners immediately', () => {
    const life = new AbortController();
    const session = new Session({ principal: anyone, revoked: life.signal });
    const called: string[] = [];
    session.whenEnded(() => called.push('first'));
    const second = () => called.push('second');
    session.whenEnded(second);
    session.removeListener(second);

    life.abort();
    life.abort();
    session.whenEnded(() => called.push('third'));

    expect(called).toEqual(['first', 'third']);
    expect(session.hasEnded).toBe(true);
  });
});
