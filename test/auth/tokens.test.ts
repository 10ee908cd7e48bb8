import type { ServerResponse } from 'node:http';

import { exportSPKI, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { JwtAuthenticator } from '../../src/auth/JwtAuthenticator.ts';
import { AuthenticationUnavailableError } from '../../src/errors/authErrors.ts';

import { startGateway } from '../kit/startGateway.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { Issuer } from '../kit/Issuer.ts';
import { bearer, doors, operate } from '../kit/operate.ts';
import type { Outcome } from '../kit/operate.ts';
import { closeLater } from '../kit/leftovers.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const query = `{ account(id: "${customer}") { id } }`;
const seen = { account: { id: customer } };

async function start(alg?: string) {
  const issuer = await Issuer.start(alg);
  const stub = await StubUpstream.start(json(200, []));
  const { url } = await startGateway(stub.url, {}, { auth: issuer.auth });
  return { issuer, url };
}

/** The same question at every door, side by side. */
function everywhere(url: string, token: string): Promise<Outcome[]> {
  return Promise.all(doors.map((door) => operate(door, url, bearer(token), query)));
}

function isRefused({ status, errors, closed, data }: Outcome): boolean {
  const isToldSo = errors?.[0]?.extensions?.['code'] === 'UNAUTHENTICATED' && status === 401;
  return data === undefined && (isToldSo || closed?.code === 4403);
}

/** Unsigned, or signed by something else than a key: made by hand, since no library would. */
function unsigned(header: object, claims: object, signature = ''): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...parts, signature].join('.');
}

describe('a token', () => {
  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'])('signed with %s comes in by every door', async (alg) => {
    const { issuer, url } = await start(alg);

    const outcomes = await everywhere(url, await issuer.token());

    expect(outcomes).toMatchObject(doors.map(() => ({ data: seen })));
  });

  it('is taken with its scopes and accounts, whatever other scopes it has', async () => {
    const { issuer, url } = await start();
    const other = '94fa473d-9a92-40cd-908c-25da9fba1e65';
    const ask = async (claims: object) => operate('HTTP', url, bearer(await issuer.token({ ...claims })), query);

    expect(await ask({ scope: 'openid journals:read journals:fly' })).toMatchObject({ data: seen });
    expect(await ask({ accounts: [customer.toUpperCase()] })).toMatchObject({ data: seen });
    expect(await ask({ accounts: [other] })).toMatchObject({ data: { account: null } });
    expect(await ask({ accounts: [] })).toMatchObject({ data: { account: null } });
    expect(await ask({ scope: undefined })).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });
});

describe('a token pays', () => {
  it.each<[string, object, string]>([
    ['from no account without a word about it', {}, 'FORBIDDEN'],
    ['from none of an empty list', { fromAccounts: [] }, 'FORBIDDEN'],
    ['from those of its list, in whatever spelling', { fromAccounts: [sweep.toUpperCase()] }, 'CreateJournalSuccess'],
    ['from no other', { fromAccounts: [customer] }, 'FORBIDDEN'],
    ['from all where it says so', { fromAccounts: ['*'] }, 'CreateJournalSuccess'],
    ['from none that it sees for that alone', { accounts: [sweep, customer] }, 'FORBIDDEN'],
    ['not for others', { accounts: [], fromAccounts: ['*'] }, 'FORBIDDEN'],
    ['not without the scope', { scope: 'journals:read', fromAccounts: ['*'] }, 'FORBIDDEN'],
  ])('%s', async (_what, claims, expected) => {
    const issuer = await Issuer.start();
    const stub = await StubUpstream.start(json(200, wireJNLC()));
    const { url } = await startGateway(stub.url, {}, { auth: issuer.auth });
    const token = await issuer.token({ scope: 'journals:write', ...claims });
    const create = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "10" } }) { __typename } }`;

    const { data, errors } = await operate('HTTP', url, bearer(token), create);

    const { __typename } = (data?.['createJournal'] ?? {}) as { __typename?: string };
    expect(__typename ?? errors?.[0]?.extensions?.['code']).toBe(expected);
    const isSent = stub.calls.some(({ method }) => method === 'POST');
    expect(isSent).toBe(expected === 'CreateJournalSuccess');
  });
});

describe('refused by every door is', () => {
  let issuer: Issuer;
  let stranger: Issuer;
  beforeAll(async () => {
    issuer = await Issuer.open('RS256');
    stranger = await Issuer.open('RS256');
  });
  afterAll(() => Promise.all([issuer.close(), stranger.close()]));
  const ago = () => Math.floor(Date.now() / 1_000) - 10;

  it.each<[string, () => Promise<string>]>([
    ['no token at all', async () => 'x'],
    ['a token signed by nobody', async () => unsigned({ alg: 'none' }, issuer.claims())],
    ['a token without a signature', async () => unsigned({ alg: 'RS256', kid: issuer.publicJwk.kid }, issuer.claims())],
    [
      'a token with the public key as its secret',
      async () => {
        const key = await importJWK(issuer.publicJwk, 'RS256');
        if (!('type' in key)) throw new Error('no public key');
        const secret = new TextEncoder().encode(await exportSPKI(key));
        return issuer.sign(issuer.claims(), { alg: 'HS256', kid: issuer.publicJwk.kid }, secret);
      },
    ],
    ['a token of another key', async () => stranger.token()],
    [
      'a token of another key by the name of a known one',
      async () => {
        const { kid } = issuer.publicJwk;
        return await stranger.signAs(kid, issuer.claims());
      },
    ],
    ['a token of another issuer', () => issuer.token({ iss: 'https://evil.example' })],
    ['a token for another audience', () => issuer.token({ aud: 'payroll' })],
    ['a token without an audience', () => issuer.token({ aud: undefined })],
    ['a token that has expired', () => issuer.token({ exp: ago() })],
    ['a token that never expires', () => issuer.token({ exp: undefined })],
    ['a token that does not hold yet', () => issuer.token({ nbf: ago() + 60 })],
    ['a token of nobody', () => issuer.token({ sub: undefined })],
    ['a token whose accounts are no list', () => issuer.token({ accounts: customer })],
    ['a token whose accounts are null', () => issuer.token({ accounts: null })],
    ['a token whose accounts are no ids', () => issuer.token({ accounts: ['*'] })],
    ['a token whose payers are no ids', () => issuer.token({ fromAccounts: ['all'] })],
    ['a token whose scope is no text', () => issuer.token({ scope: ['journals:read'] })],
    [
      'a token with a rule that nobody here knows',
      () => issuer.signUnder({ kid: issuer.publicJwk.kid, crit: ['fly'], fly: true }, issuer.claims()),
    ],
    ['a token for other audiences', () => issuer.token({ aud: ['payroll', 'hr'] })],
    ['a token with an end that is no number', () => issuer.token({ exp: '99999999999' })],
    ['a token that holds from no number on', () => issuer.token({ nbf: 'soon' })],
    ['a token of no name', () => issuer.token({ sub: '' })],
    ['a token whose name is no text', () => issuer.token({ sub: 42 })],
    ['a token whose accounts are an object', () => issuer.token({ accounts: { 0: customer } })],
    ['a token with one account that is none', () => issuer.token({ accounts: [customer, null] })],
    ['a token with all payers and one', () => issuer.token({ fromAccounts: ['*', customer] })],
    ['a token that was changed', async () => (await issuer.token()).replace(/\.(..)/, '.eyJ')],
    ['a token that is longer than any', async () => 'x'.repeat(15_900)],
  ])('%s', async (_what, make) => {
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url, {}, { auth: issuer.auth });

    const outcomes = await everywhere(url, await make());

    expect(outcomes.filter((outcome) => !isRefused(outcome))).toEqual([]);
    expect(stub.calls).toEqual([]);
  });
});

describe('clocks', () => {
  it('may differ by the skew that is configured', async () => {
    const { issuer } = await start();
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url, {}, { auth: { ...issuer.auth, clockSkewS: 60 } });
    const ended = (seconds: number) => issuer.token({ exp: Math.floor(Date.now() / 1_000) - seconds });

    expect(await everywhere(url, await ended(30))).toMatchObject(doors.map(() => ({ data: seen })));
    expect((await everywhere(url, await ended(90))).filter(isRefused)).toHaveLength(doors.length);
  });
});

describe('a rotation of keys', () => {
  it.each([
    ['beside the old one', {}],
    ['instead of the old one', { withdraw: true }],
    ['by the old name', { sameKid: true }],
  ])('to a new key %s costs no valid caller an error', async (_how, options) => {
    const { issuer, url } = await start();
    await everywhere(url, await issuer.token());

    await issuer.rotate(options);
    const outcomes = await everywhere(url, await issuer.token({ sub: 'ben' }));

    expect(outcomes).toMatchObject(doors.map(() => ({ data: seen })));
  });

  it('that follows another one at once costs none either, however many strangers ask', async () => {
    const { issuer, url } = await start();
    const stranger = await Issuer.start();
    const outcomes: Outcome[] = [];

    for (const sub of ['ann', 'ben', 'cid']) {
      await issuer.rotate({ withdraw: true });
      const guesses = Promise.all(
        [1, 2, 3, 4].map(async () => operate('HTTP', url, bearer(await stranger.token()), query)),
      );
      outcomes.push(...(await everywhere(url, await issuer.token({ sub }))));
      expect((await guesses).every(isRefused)).toBe(true);
    }

    expect(outcomes).toMatchObject(outcomes.map(() => ({ data: seen })));
    expect(issuer.asked).toBeLessThan(12);
  });

  it('that takes a key away ends what it has signed', async () => {
    const { issuer, url } = await start();
    const old = await issuer.token();
    await everywhere(url, old);

    await issuer.rotate({ withdraw: true });
    await everywhere(url, await issuer.token({ sub: 'ben' }));

    expect((await everywhere(url, old)).filter(isRefused)).toHaveLength(doors.length);
  });
});

describe('a token that names no key', () => {
  it('comes in whichever of the keys has signed it, and before and after a rotation', async () => {
    const { issuer, url } = await start();
    const nameless = (sub: string) => issuer.signUnder({}, issuer.claims({ sub }));
    const old = await nameless('ann');

    const outcomes = await everywhere(url, old);
    await issuer.rotate();
    outcomes.push(...(await everywhere(url, await nameless('ben'))), ...(await everywhere(url, old)));
    await issuer.rotate();
    outcomes.push(...(await everywhere(url, await nameless('cid'))));

    expect(outcomes).toMatchObject(outcomes.map(() => ({ data: seen })));
  });

  it('is refused when none has', async () => {
    const { issuer, url } = await start();
    await issuer.rotate();
    await everywhere(url, await issuer.token());
    const stranger = await Issuer.start();

    const outcomes = await everywhere(url, await stranger.signUnder({}, issuer.claims()));

    expect(outcomes.filter(isRefused)).toHaveLength(doors.length);
  });
});

describe('a key of the issuer that can not be used', () => {
  it.each<[string, object]>([
    ['no point of its curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['nothing', { kty: 'EC', crv: 'P-256' }],
    ['private', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' }],
  ])('as it is %s, refuses who names it, and nobody else', async (_what, jwk) => {
    const issuer = await Issuer.start();
    issuer.publish({ ...jwk, kid: 'broken' });
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url, {}, { auth: issuer.auth });

    const outcomes = await everywhere(url, await issuer.signAs('broken', issuer.claims()));

    expect(outcomes.filter((outcome) => !isRefused(outcome))).toEqual([]);
    expect(await everywhere(url, await issuer.token())).toMatchObject(doors.map(() => ({ data: seen })));
  });
});

describe('an issuer that answers with', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['a failure', (response) => response.writeHead(500).end()],
    ['a page', (response) => response.end('<!doctype html>\n<title>moved</title>')],
    ['something else', (response) => response.end('{"keys":"none"}')],
    ['more than keys can be', (response) => response.end(`{"keys":[${' '.repeat(2_000_000)}]}`)],
    ['a reset', (response) => response.destroy()],
    ['half an answer', (response) => response.writeHead(200, { 'content-length': 100 }).write('{"keys":')],
  ])('%s keeps out whose key is not known yet, and nobody else', async (_what, answer) => {
    const { issuer, url } = await start();
    const known = await issuer.token();
    await everywhere(url, known);
    await issuer.rotate();
    issuer.answerWith(answer);

    const outcomes = await everywhere(url, await issuer.token({ sub: 'ben' }));

    expect(outcomes.map(({ status, closed }) => status ?? closed?.code)).toEqual([503, 503, 1013, 1013]);
    expect(await everywhere(url, known)).toMatchObject(doors.map(() => ({ data: seen })));
    issuer.answerWith(null);
    expect(await everywhere(url, await issuer.token({ sub: 'ben' }))).toMatchObject(doors.map(() => ({ data: seen })));
  });
});

describe('an issuer that hangs', () => {
  it('keeps out whose key is not known yet, in bounded time, and nobody else', async () => {
    const { issuer, url } = await start();
    const known = await issuer.token();
    await everywhere(url, known);
    await issuer.rotate();
    issuer.hang();

    const outcomes = await everywhere(url, await issuer.token({ sub: 'ben' }));

    expect(outcomes.map(({ status, closed }) => status ?? closed?.code)).toEqual([503, 503, 1013, 1013]);
    expect(outcomes[0]?.errors).toMatchObject([{ extensions: { code: 'AUTHENTICATION_UNAVAILABLE' } }]);
    expect(outcomes[0]?.headers?.get('retry-after')).toBe('5');
    expect(await everywhere(url, known)).toMatchObject(doors.map(() => ({ data: seen })));
  });

  it('for longer than keys may serve keeps out everyone, whether or not a token was seen before', async () => {
    const issuer = await Issuer.start();
    vi.useFakeTimers({ toFake: ['performance'] });
    closeLater(() => void vi.useRealTimers());
    const authenticator = await JwtAuthenticator.open(issuer.auth, watchedLog());
    closeLater(() => authenticator.close());
    const token = bearer(await issuer.token());
    await authenticator.authenticate(token);
    issuer.hang();

    vi.advanceTimersByTime(3_600_001);

    await expect(authenticator.authenticate(token)).rejects.toThrow(AuthenticationUnavailableError);
  });
});
