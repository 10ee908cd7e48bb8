import { describe, expect, it } from 'vitest';

import type { CredentialsConfig } from '../../src/config/upstream.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { Gate } from '../kit/Gate.ts';
import { apiSecret } from '../kit/planted.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

interface Stats {
  tokens: { issued: number; live: number };
}

function oauth(tokenUrl: string, clientSecret: string = apiSecret): { credentials: CredentialsConfig } {
  return { credentials: { kind: 'oauth', clientId: 'sandbox', clientSecret, tokenUrl } };
}

async function startWithOAuth(sandbox: Sandbox) {
  return startGateway(sandbox.url, oauth(`${sandbox.url}/v1/oauth2/token`));
}

async function issued(sandbox: Sandbox): Promise<number> {
  return (await control<Stats>(sandbox, 'GET', 'stats')).tokens.issued;
}

const create = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) {
  __typename ... on JournalError { message } } }`;

describe('OAuth 2 client credentials', () => {
  it('are not sent again before the time that a 429 of the token endpoint gives', async () => {
    const tokens = await StubUpstream.start(json(429, {}, { 'retry-after': '60' }));
    const api = await StubUpstream.start(json(200, []));
    const gateway = await startGateway(api.url, oauth(`${tokens.url}/token`));

    const answers = [await ask(gateway.url, '{ journals { nodes { id } } }'), await ask(gateway.url, create)];

    expect(answers).toMatchObject([
      { errors: [{ extensions: { code: 'RATE_LIMITED', retryAt: expect.any(String) as string } }] },
      { data: { createJournal: { __typename: 'RateLimitedError' } } },
    ]);
    expect(tokens.calls).toHaveLength(1);
  });

  it('get one token for the feed and all calls', async () => {
    const sandbox = await startSandbox();
    const gateway = await startWithOAuth(sandbox);

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask(gateway.url, '{ journals { nodes { id } } }')),
    );

    expect(answers.every(({ errors }) => errors === undefined)).toBe(true);
    expect(await issued(sandbox)).toBe(1);
  });

  it.each([
    ['a revoked token', (sandbox: Sandbox) => control(sandbox, 'POST', 'revoke-tokens')],
    ['an expired token', (sandbox: Sandbox) => control(sandbox, 'POST', 'clock', { advanceMs: 900_000 })],
  ])('replace %s once for 50 concurrent operations, none of which fails', async (_how, end) => {
    const sandbox = await startSandbox();
    const gateway = await startWithOAuth(sandbox);
    await ask(gateway.url, '{ journals { nodes { id } } }');
    await end(sandbox);

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        ask(gateway.url, index % 2 === 0 ? '{ journals { nodes { id } } }' : create),
      ),
    );

    const outcomes = answers.map(({ data, errors }) => errors ?? Object.values(data ?? {})[0]);
    expect(outcomes.filter((outcome) => outcome === null || Array.isArray(outcome))).toEqual([]);
    expect(answers.filter(({ data }) => data?.['createJournal'] !== undefined)).toHaveLength(25);
    expect(
      answers
        .flatMap(({ data }) => data?.['createJournal'] ?? [])
        .every((result) => JSON.stringify(result).includes('Success')),
    ).toBe(true);
    expect(await issued(sandbox)).toBe(2);
  });

  it('replace a token before it expires, while the old one stays in use', async () => {
    const sandbox = await startSandbox();
    let tokens = 0;
    const tokenEndpoint = await StubUpstream.start((request, response) => {
      tokens += 1;
      void forwardTokenRequest(sandbox, request.body).then((token) =>
        json(200, { access_token: token, expires_in: tokens === 1 ? 0.5 : 899, token_type: 'Bearer' })(
          request,
          response,
        ),
      );
    });
    const gateway = await startGateway(sandbox.url, oauth(`${tokenEndpoint.url}/v1/oauth2/token`));

    while (tokens < 2) expect((await ask(gateway.url, '{ journals { nodes { id } } }')).errors).toBeUndefined();

    expect((await ask(gateway.url, '{ journals { nodes { id } } }')).errors).toBeUndefined();
    expect(tokens).toBe(2);
  });

  it('that are wrong give UPSTREAM_CREDENTIALS_REFUSED without revealing the secret', async () => {
    const sandbox = await startSandbox();
    const gateway = await startGateway(sandbox.url, oauth(`${sandbox.url}/v1/oauth2/token`, 'planted-secret'));

    const { errors } = await ask(gateway.url, '{ journals { nodes { id } } }');

    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_CREDENTIALS_REFUSED');
    expect(JSON.stringify(errors)).toContain('invalid_client');
    expect(JSON.stringify(errors)).not.toContain('planted-secret');
  });

  it('that are refused are not sent again at every attempt of a read', async () => {
    const sandbox = await startSandbox();
    const tokenEndpoint = await StubUpstream.start(json(401, { error: 'invalid_client', fields: [] }));
    const gateway = await startGateway(sandbox.url, oauth(`${tokenEndpoint.url}/token`));
    const before = tokenEndpoint.calls.length;

    await ask(gateway.url, `{ journal(id: "${sweep}") { id } }`);

    expect(tokenEndpoint.calls.length - before).toBeLessThanOrEqual(2);
  });

  it('do not keep the gateway from closing while it waits for a token', async () => {
    const sandbox = await startSandbox();
    const request = new Gate();
    const silent = await StubUpstream.start(() => request.open());
    const starting = startGateway(sandbox.url, oauth(`${silent.url}/token`));
    await request.opened;

    const gateway = await starting;
    await ask(gateway.url, '{ __typename }');
    await gateway.close();

    expect(silent.calls).toHaveLength(1);
  });

  it('keep their token after 401s that concern unknown journals', async () => {
    const sandbox = await startSandbox();
    const gateway = await startWithOAuth(sandbox);
    await control(sandbox, 'PUT', 'faults', { faults: [{ kind: 'answer', status: 401, operations: ['getJournal'] }] });

    const ids = Array.from(
      { length: 5 },
      (_, index) => `a${index}: journal(id: "00000000-0000-4000-8000-00000000000${index}") { id }`,
    );
    const { data, errors } = await ask(gateway.url, `{ ${ids.join(' ')} }`);

    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {})).toEqual([null, null, null, null, null]);
    expect(await issued(sandbox)).toBe(1);
  });

  it('without a token leave a mutation unsent, and its message states that', async () => {
    const sandbox = await startSandbox();
    const tokenEndpoint = await StubUpstream.start(json(503, {}));
    const gateway = await startGateway(sandbox.url, oauth(`${tokenEndpoint.url}/token`));

    const { data } = await ask(gateway.url, create);

    expect(data?.['createJournal']).toMatchObject({ __typename: 'UpstreamUnavailableError' });
    expect(JSON.stringify(data)).toContain('nothing was sent');
  });
});

async function forwardTokenRequest(sandbox: Sandbox, form: string): Promise<string> {
  const answer = await fetch(`${sandbox.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
