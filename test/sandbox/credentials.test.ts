import { describe, expect, it } from 'vitest';

import { basic, type SandboxClient, startSandbox } from './kit/startSandbox.ts';

interface Token {
  access_token: string;
  expires_in: number;
  token_type: string;
}

const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: '' };
const grant = 'grant_type=client_credentials&client_id=key&client_secret=secret';

async function token(client: SandboxClient): Promise<string> {
  const { body } = await client.post<Token>('/v1/oauth2/token', grant, form);
  return body.access_token;
}

describe('Basic credentials', () => {
  it.each([
    ['none', ''],
    ['a wrong secret', `Basic ${Buffer.from('key:wrong').toString('base64')}`],
    ['another scheme', 'Digest key'],
  ])('refuse %s with 401 everywhere', async (_what, authorization) => {
    const { client } = await startSandbox();
    const paths = ['/v1/journals', '/v1/accounts', '/v2/events/journals/status', '/v1/events/journals/status'];

    const statuses = [];
    for (const path of paths) statuses.push((await client.get(path, { authorization })).status);

    expect(statuses).toEqual([401, 401, 401, 401]);
  });

  it('accept the scheme in any case', async () => {
    const { client } = await startSandbox();

    const { status } = await client.get('/v1/journals', { authorization: basic.replace('Basic', 'basic') });

    expect(status).toBe(200);
  });
});

describe('POST /v1/oauth2/token', () => {
  it('issues a bearer token that is accepted everywhere', async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<Token>('/v1/oauth2/token', grant, form);

    expect(status).toBe(200);
    expect(body).toMatchObject({ expires_in: 899, token_type: 'Bearer' });
    const authorization = `Bearer ${body.access_token}`;
    expect((await client.get('/v1/journals', { authorization })).status).toBe(200);
    expect((await client.events('/v2/events/journals/status', { authorization })).status).toBe(200);
  });

  it.each([
    ['grant_type=client_credentials&client_id=key', 400, { error: 'invalid_request', fields: ['client_secret'] }],
    [grant.replace('client_credentials', 'password'), 400, { error: 'unsupported_grant_type', fields: ['grant_type'] }],
    [grant.replace('id=key', 'id=x'), 401, { error: 'invalid_client', fields: ['client_id'] }],
    [`${grant}x`, 401, { error: 'invalid_client', fields: ['client_secret'] }],
    ['', 400, { error: 'invalid_request', fields: ['grant_type', 'client_id', 'client_secret'] }],
  ])('refuses the form "%s" in the documented shape', async (body, status, expected) => {
    const { client } = await startSandbox();

    const reply = await client.post('/v1/oauth2/token', body, form);

    expect([reply.status, reply.body]).toEqual([status, expected]);
  });

  it('keeps a separate OAuth client apart from the Basic credential', async () => {
    const { client } = await startSandbox({ clientId: 'client', clientSecret: 'hidden' });

    const wrong = await client.post('/v1/oauth2/token', grant, form);
    const right = await client.post(
      '/v1/oauth2/token',
      grant.replace('=key', '=client').replace('=secret', '=hidden'),
      form,
    );

    expect([wrong.status, right.status]).toEqual([401, 200]);
  });

  it('responds with 401 without a body after a token has expired', async () => {
    const { client } = await startSandbox({ tokenLifetimeSeconds: 60 });
    const authorization = `Bearer ${await token(client)}`;

    await client.post('/sandbox/clock', { advanceMs: 59_999 });
    const before = await client.get('/v1/journals', { authorization });
    await client.post('/sandbox/clock', { advanceMs: 1 });
    const after = await client.get('/v1/journals', { authorization });

    expect([before.status, after.status, after.text]).toEqual([200, 401, '']);
  });

  it('revokes all tokens on POST /sandbox/revoke-tokens and counts the issued ones', async () => {
    const { client } = await startSandbox();
    const authorization = `Bearer ${await token(client)}`;
    await token(client);

    const revoked = await client.post('/sandbox/revoke-tokens');
    const { status } = await client.get('/v1/journals', { authorization });

    expect(revoked.body).toEqual({ revoked: 2 });
    expect(status).toBe(401);
    const stats = await client.get('/sandbox/stats');
    expect(stats.body).toMatchObject({ tokens: { issued: 2, live: 0 }, requests: { token: { total: 2 } } });
  });
});
