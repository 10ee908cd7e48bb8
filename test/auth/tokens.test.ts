import type { ServerResponse } from 'node:http';

import { exportSPKI, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { JwksTiming } from '../../src/auth/JwksKeys.ts';
import { JwtAuthenticator } from '../../src/auth/JwtAuthenticator.ts';
import { AuthenticationUnavailableError } from '../../src/errors/authErrors.ts';

import { startGateway } from '../kit/startGateway.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { Issuer } from '../kit/Issuer.ts';
import { bearer, doors, operate } from '../kit/operate.ts';
import type { Outcome } from '../kit/operate.ts';
import { closeLater } from '../kit/closeLater.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const query = `{ account(id: "${customer}") { id } }`;
const seen = { account: { id: customer } };

async function start(alg?: string, jwksTiming?: JwksTiming) {
  const issuer = await Issuer.start(alg);
  const stub = await StubUpstream.start(json(200, []));
  const auth = { ...issuer.auth, ...(jwksTiming && { jwksTiming }) };
  const { url } = await startGateway(stub.url, {}, { auth });
  return { issuer, url };
}

/** Runs the query over every transport concurrently. */
function overEveryTransport(url: string, token: string): Promise<Outcome[]> {
  return Promise.all(doors.map((door) => operate(door, url, bearer(token), query)));
}

function isRefused({ status, errors, closed, data }: Outcome): boolean {
  const hasCode = errors?.[0]?.extensions?.['code'] === 'UNAUTHENTICATED' && status === 401;
  return data === undefined && (hasCode || closed?.code === 4403);
}

/** Creates a token without a valid signature. No library creates such tokens. */
function unsigned(header: object, claims: object, signature = ''): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...parts, signature].join('.');
}

describe('a token', () => {
  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'])('signed with %s is accepted on every transport', async (alg) => {
    const { issuer, url } = await start(alg);

    const outcomes = await overEveryTransport(url, await issuer.token());

    expect(outcomes).toMatchObject(doors.map(() => ({ data: seen })));
  });

  it('grants its scopes and accounts, and its unknown scopes are ignored', async () => {
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

describe('a token allows a payment', () => {
  it.each<[string, object, string]>([
    ['from no account if it has no fromAccounts', {}, 'FORBIDDEN'],
    ['from no account if fromAccounts is empty', { fromAccounts: [] }, 'FORBIDDEN'],
    [
      'from an account of fromAccounts, also in capitals',
      { fromAccounts: [sweep.toUpperCase()] },
      'CreateJournalSuccess',
    ],
    ['from no account that is not in fromAccounts', { fromAccounts: [customer] }, 'FORBIDDEN'],
    ['from every account if fromAccounts is *', { fromAccounts: ['*'] }, 'CreateJournalSuccess'],
    ['from no account that it may see but not pay from', { accounts: [sweep, customer] }, 'FORBIDDEN'],
    ['from no account that is not visible', { accounts: [], fromAccounts: ['*'] }, 'FORBIDDEN'],
    ['up to its maxAmount', { fromAccounts: ['*'], maxAmount: { USD: '10' } }, 'CreateJournalSuccess'],
    ['of no more than its maxAmount', { fromAccounts: ['*'], maxAmount: { USD: '9.99' } }, 'CAP_EXCEEDED'],
    ['of no more than its maxDailyAmount', { fromAccounts: ['*'], maxDailyAmount: { USD: '9.99' } }, 'CAP_EXCEEDED'],
    ['in no currency without a cap if it has caps', { fromAccounts: ['*'], maxAmount: {} }, 'CAP_EXCEEDED'],
    ['only if its caps are valid', { fromAccounts: ['*'], maxAmount: { USD: 10 } }, 'UNAUTHENTICATED'],
    ['from no account without the scope journals:write', { scope: 'journals:read', fromAccounts: ['*'] }, 'FORBIDDEN'],
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

describe('every transport refuses', () => {
  let issuer: Issuer;
  let stranger: Issuer;
  beforeAll(async () => {
    issuer = await Issuer.open('RS256');
    stranger = await Issuer.open('RS256');
  });
  afterAll(() => Promise.all([issuer.close(), stranger.close()]));
  const ago = () => Math.floor(Date.now() / 1_000) - 10;

  it.each<[string, () => Promise<string>]>([
    ['text that is not a token', async () => 'x'],
    ['an unsigned token', async () => unsigned({ alg: 'none' }, issuer.claims())],
    ['a token without a signature', async () => unsigned({ alg: 'RS256', kid: issuer.publicJwk.kid }, issuer.claims())],
    [
      'a token signed with the public key as an HMAC secret',
      async () => {
        const key = await importJWK(issuer.publicJwk, 'RS256');
        if (!('type' in key)) throw new Error('no public key');
        const secret = new TextEncoder().encode(await exportSPKI(key));
        return issuer.sign(issuer.claims(), { alg: 'HS256', kid: issuer.publicJwk.kid }, secret);
      },
    ],
    ['a token signed with an unknown key', async () => stranger.token()],
    [
      'a token signed with an unknown key under the ID of a published one',
      async () => {
        const { kid } = issuer.publicJwk;
        return await stranger.signAs(kid, issuer.claims());
      },
    ],
    ['a token of another issuer', () => issuer.token({ iss: 'https://evil.example' })],
    ['a token for another audience', () => issuer.token({ aud: 'payroll' })],
    ['a token without an audience', () => issuer.token({ aud: undefined })],
    ['an expired token', () => issuer.token({ exp: ago() })],
    ['a token without an expiry', () => issuer.token({ exp: undefined })],
    ['a token that is not valid yet', () => issuer.token({ nbf: ago() + 60 })],
    ['a token without a subject', () => issuer.token({ sub: undefined })],
    ['a token whose accounts are not a list', () => issuer.token({ accounts: customer })],
    ['a token whose accounts are null', () => issuer.token({ accounts: null })],
    ['a token whose accounts are not IDs', () => issuer.token({ accounts: ['*'] })],
    ['a token whose fromAccounts are not IDs', () => issuer.token({ fromAccounts: ['all'] })],
    ['a token whose scope is not a string', () => issuer.token({ scope: ['journals:read'] })],
    [
      'a token with an unknown critical header',
      () => issuer.signUnder({ kid: issuer.publicJwk.kid, crit: ['fly'], fly: true }, issuer.claims()),
    ],
    ['a token for other audiences', () => issuer.token({ aud: ['payroll', 'hr'] })],
    ['a token whose expiry is not a number', () => issuer.token({ exp: '99999999999' })],
    ['a token whose nbf is not a number', () => issuer.token({ nbf: 'soon' })],
    ['a token with an empty subject', () => issuer.token({ sub: '' })],
    ['a token whose subject is not a string', () => issuer.token({ sub: 42 })],
    ['a token whose accounts are an object', () => issuer.token({ accounts: { 0: customer } })],
    ['a token with null among its accounts', () => issuer.token({ accounts: [customer, null] })],
    ['a token with * and an account in fromAccounts', () => issuer.token({ fromAccounts: ['*', customer] })],
    ['a token that was modified', async () => (await issuer.token()).replace(/\.(..)/, '.eyJ')],
    ['a token that is too long', async () => 'x'.repeat(15_900)],
  ])('%s', async (_what, make) => {
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url, {}, { auth: issuer.auth });

    const outcomes = await overEveryTransport(url, await make());

    expect(outcomes.filter((outcome) => !isRefused(outcome))).toEqual([]);
    expect(stub.calls).toEqual([]);
  });
});

describe('an expired token', () => {
  it('is accepted within the configured clock skew', async () => {
    const { issuer } = await start();
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url, {}, { auth: { ...issuer.auth, clockSkewS: 60 } });
    const ended = (seconds: number) => issuer.token({ exp: Math.floor(Date.now() / 1_000) - seconds });

    expect(await overEveryTransport(url, await ended(30))).toMatchObject(doors.map(() => ({ data: seen })));
    expect((await overEveryTransport(url, await ended(90))).filter(isRefused)).toHaveLength(doors.length);
  });
});

describe('a key rotation', () => {
  it.each([
    ['that keeps the old key', {}],
    ['that withdraws the old key', { withdraw: true }],
    ['that reuses the key ID', { sameKid: true }],
  ])('%s causes no errors for valid callers', async (_how, options) => {
    const { issuer, url } = await start();
    await overEveryTransport(url, await issuer.token());

    await issuer.rotate(options);
    const outcomes = await overEveryTransport(url, await issuer.token({ sub: 'ben' }));

    expect(outcomes).toMatchObject(doors.map(() => ({ data: seen })));
  });

  it('that follows another one at once causes no errors either, even while unknown tokens arrive', async () => {
    const { issuer, url } = await start('ES256', {});
    const stranger = await Issuer.start();
    const outcomes: Outcome[] = [];

    for (const sub of ['ann', 'ben', 'cid']) {
      await issuer.rotate({ withdraw: true });
      const guesses = Promise.all(
        [1, 2, 3, 4].map(async () => operate('HTTP', url, bearer(await stranger.token()), query)),
      );
      outcomes.push(...(await overEveryTransport(url, await issuer.token({ sub }))));
      expect((await guesses).every(isRefused)).toBe(true);
    }

    expect(outcomes).toMatchObject(outcomes.map(() => ({ data: seen })));
    expect(issuer.requests).toBeLessThan(12);
  });

  it('that withdraws a key invalidates the tokens that it has signed', async () => {
    const { issuer, url } = await start();
    const old = await issuer.token();
    await overEveryTransport(url, old);

    await issuer.rotate({ withdraw: true });
    await overEveryTransport(url, await issuer.token({ sub: 'ben' }));

    expect((await overEveryTransport(url, old)).filter(isRefused)).toHaveLength(doors.length);
  });
});

describe('a token without a key ID', () => {
  it('is accepted from every published key, before and after a rotation', async () => {
    const { issuer, url } = await start();
    const nameless = (sub: string) => issuer.signUnder({}, issuer.claims({ sub }));
    const old = await nameless('ann');

    const outcomes = await overEveryTransport(url, old);
    await issuer.rotate();
    outcomes.push(...(await overEveryTransport(url, await nameless('ben'))), ...(await overEveryTransport(url, old)));
    await issuer.rotate();
    outcomes.push(...(await overEveryTransport(url, await nameless('cid'))));

    expect(outcomes).toMatchObject(outcomes.map(() => ({ data: seen })));
  });

  it('is refused if no published key has signed it', async () => {
    const { issuer, url } = await start();
    await issuer.rotate();
    await overEveryTransport(url, await issuer.token());
    const stranger = await Issuer.start();

    const outcomes = await overEveryTransport(url, await stranger.signUnder({}, issuer.claims()));

    expect(outcomes.filter(isRefused)).toHaveLength(doors.length);
  });
});

describe('an unusable key of the issuer', () => {
  it.each<[string, object]>([
    ['that is not a point of its curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['without coordinates', { kty: 'EC', crv: 'P-256' }],
    ['that is private', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' }],
  ])('%s affects only tokens with its ID', async (_what, jwk) => {
    const issuer = await Issuer.start();
    issuer.publish({ ...jwk, kid: 'broken' });
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url, {}, { auth: issuer.auth });

    const outcomes = await overEveryTransport(url, await issuer.signAs('broken', issuer.claims()));

    expect(outcomes.filter((outcome) => !isRefused(outcome))).toEqual([]);
    expect(await overEveryTransport(url, await issuer.token())).toMatchObject(doors.map(() => ({ data: seen })));
  });
});

describe('an issuer that responds with', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['status 500', (response) => response.writeHead(500).end()],
    ['HTML', (response) => response.end('<!doctype html>\n<title>moved</title>')],
    ['JSON that is not a key set', (response) => response.end('{"keys":"none"}')],
    ['more than 1 MiB', (response) => response.end(`{"keys":[${' '.repeat(2_000_000)}]}`)],
    ['a connection reset', (response) => response.destroy()],
    ['half of a body', (response) => response.writeHead(200, { 'content-length': 100 }).write('{"keys":')],
  ])('%s affects only tokens of keys that are not loaded yet', async (_what, answer) => {
    const { issuer, url } = await start('ES256', { pauseMs: 20, timeoutMs: 500 });
    const cached = await issuer.token();
    await overEveryTransport(url, cached);
    await issuer.rotate();
    issuer.answerWith(answer);

    const outcomes = await overEveryTransport(url, await issuer.token({ sub: 'ben' }));

    expect(outcomes.map(({ status, closed }) => status ?? closed?.code)).toEqual([503, 503, 1013, 1013]);
    expect(await overEveryTransport(url, cached)).toMatchObject(doors.map(() => ({ data: seen })));
    issuer.answerWith(null);
    expect(await overEveryTransport(url, await issuer.token({ sub: 'ben' }))).toMatchObject(
      doors.map(() => ({ data: seen })),
    );
  });
});

describe('an issuer that hangs', () => {
  it('affects only tokens of keys that are not loaded yet, and those for a bounded time', async () => {
    const { issuer, url } = await start('ES256', {});
    const cached = await issuer.token();
    await overEveryTransport(url, cached);
    await issuer.rotate();
    issuer.hang();

    const outcomes = await overEveryTransport(url, await issuer.token({ sub: 'ben' }));

    expect(outcomes.map(({ status, closed }) => status ?? closed?.code)).toEqual([503, 503, 1013, 1013]);
    expect(outcomes[0]?.errors).toMatchObject([{ extensions: { code: 'AUTHENTICATION_UNAVAILABLE' } }]);
    expect(outcomes[0]?.headers?.get('retry-after')).toBe('5');
    expect(await overEveryTransport(url, cached)).toMatchObject(doors.map(() => ({ data: seen })));
  });

  it('for longer than an hour causes every token to be refused, cached or not', async () => {
    const issuer = await Issuer.start();
    vi.useFakeTimers({ toFake: ['performance'] });
    closeLater(() => void vi.useRealTimers());
    const auth = { ...issuer.auth, jwksTiming: { timeoutMs: 200 } };
    const authenticator = await JwtAuthenticator.open(auth, watchedLog());
    closeLater(() => authenticator.close());
    const token = bearer(await issuer.token());
    await authenticator.authenticate(token);
    issuer.hang();

    vi.advanceTimersByTime(3_600_001);

    await expect(authenticator.authenticate(token)).rejects.toThrow(AuthenticationUnavailableError);
  });
});
