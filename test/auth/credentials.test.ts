import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import { customer } from '../kit/accounts.ts';
import { newKey } from '../kit/keyFile.ts';
import { closeLater } from '../kit/closeLater.ts';
import { bearer, doors, operate } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const query = `{ account(id: "${customer}") { id } }`;
const stranger = bearer(newKey('stranger').key);

async function start() {
  const stub = await StubUpstream.start(json(200, []));
  const { url, credentials } = await startWithKeys(stub.url, { ann: {} });
  return { url, ann: credentials.ann };
}

/** Returns the status line of the response to a request with headers that no client library would send. */
async function rawStatus(url: string, head: string[], body = ''): Promise<string> {
  const { hostname, port, pathname, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  closeLater(() => socket.destroy());
  await once(socket, 'connect');
  const length = body === '' ? [] : [`content-length: ${body.length}`, 'content-type: application/json'];
  const method = body === '' ? 'GET' : 'POST';
  socket.write([`${method} ${pathname} HTTP/1.1`, `host: ${host}`, ...head, ...length, '', body].join('\r\n'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString('latin1').split('\r\n', 1)[0] ?? '';
}

describe('the Authorization header', () => {
  it.each([
    ['in upper case', (credential: string) => credential.replace('Bearer', 'BEARER')],
    ['in lower case', (credential: string) => credential.replace('Bearer', 'bearer')],
    ['followed by several spaces', (credential: string) => credential.replace(' ', '   ')],
  ])('is accepted with its scheme %s', async (_how, spelled) => {
    const { url, ann } = await start();

    const outcomes = await Promise.all(doors.map((door) => operate(door, url, spelled(ann), query)));

    expect(outcomes).toMatchObject(doors.map(() => ({ data: { account: { id: customer } } })));
  });

  it.each([
    ['without a scheme', (credential: string) => credential.replace('Bearer ', '')],
    ['with another scheme', (credential: string) => credential.replace('Bearer', 'Basic')],
    ['with two credentials', (credential: string) => `${credential}, ${credential}`],
    ['with text after the credential', (credential: string) => `${credential} please`],
    ['with the last character of the credential missing', (credential: string) => credential.slice(0, -1)],
    ['with a character added to the credential', (credential: string) => `${credential}a`],
    ['without a credential', () => 'Bearer'],
  ])('is refused %s', async (_how, spelled) => {
    const { url, ann } = await start();

    const outcomes = await Promise.all(doors.map((door) => operate(door, url, spelled(ann), query)));

    expect(outcomes.map(({ status, closed }) => status ?? closed?.code)).toEqual([401, 401, 4403, 4403]);
    expect(JSON.stringify(outcomes)).not.toContain(ann.slice(-20));
  });

  it.each([
    ['a valid one and an invalid one', (ann: string) => [ann, stranger]],
    ['an invalid one and a valid one', (ann: string) => [stranger, ann]],
    ['the same one twice', (ann: string) => [ann, ann]],
  ])('is refused when it is sent twice: %s', async (_which, headers) => {
    const { url, ann } = await start();
    const several = headers(ann).map((credential) => `authorization: ${credential}`);
    const upgrade = ['upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
    const protocol = ['sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol: graphql-transport-ws'];

    expect(await rawStatus(url, several, JSON.stringify({ query }))).toBe('HTTP/1.1 400 Bad Request');
    expect(await rawStatus(url, [...several, ...upgrade, ...protocol])).toBe('HTTP/1.1 400 Bad Request');
  });
});

describe('the payload of connection_init', () => {
  async function enter(url: string, payload: unknown, headers: Record<string, string> = {}) {
    const socket = await RawSocket.open(url, undefined, headers);
    socket.send({ type: 'connection_init', payload });
    const answer = await Promise.race([socket.next(), socket.closed]);
    return 'code' in answer ? answer.code : answer.type;
  }

  it('takes precedence over the header of the upgrade, whichever of the two is valid', async () => {
    const { url, ann } = await start();

    expect(await enter(url, { authorization: stranger }, { authorization: ann })).toBe(4403);
    expect(await enter(url, { authorization: ann }, { authorization: stranger })).toBe('connection_ack');
    expect(await enter(url, { authorization: '' }, { authorization: ann })).toBe(4403);
  });

  it.each([[42], [true], [{}], [{ toString: 'Bearer' }], [[]]])(
    'is refused with the authorization %j, even if the header is valid',
    async (authorization) => {
      const { url, ann } = await start();

      expect(await enter(url, { authorization }, { authorization: ann })).toBe(4403);
      expect(await enter(url, { authorization: [ann] })).toBe(4403);
    },
  );

  it.each(['authorization', 'Authorization', 'AUTHORIZATION', 'aUTHorization'])(
    'may contain the credential under a field name in any case: %s',
    async (name) => {
      const { url, ann } = await start();

      expect(await enter(url, { [name]: ann })).toBe('connection_ack');
      expect(await enter(url, { [name]: stranger }, { authorization: ann })).toBe(4403);
    },
  );

  it('is refused with several credentials', async () => {
    const { url, ann } = await start();

    expect(await enter(url, { authorization: ann, Authorization: stranger })).toBe(4403);
    expect(await enter(url, { AUTHORIZATION: stranger, authorization: ann })).toBe(4403);
  });

  it('may omit the credential if the header is valid', async () => {
    const { url, ann } = await start();

    expect(await enter(url, { client: 'screen' }, { authorization: ann })).toBe('connection_ack');
    expect(await enter(url, { authorization: null }, { authorization: ann })).toBe('connection_ack');
    expect(await enter(url, undefined, { authorization: ann })).toBe('connection_ack');
  });

  it('is not searched for a credential in inherited fields', async () => {
    const { url } = await start();

    expect(await enter(url, '{"__proto__":{"authorization":"Bearer x"}}')).not.toBe('connection_ack');
  });
});
