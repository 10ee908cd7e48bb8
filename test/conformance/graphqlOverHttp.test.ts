import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';

const gateway = sharedGateway();

const graphqlResponse = 'application/graphql-response+json';

function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

function get(parameters: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}?${new URLSearchParams(parameters).toString()}`, {
    headers: { 'graphql-require-preflight': 'yes', ...headers },
  });
}

function creation(description: string, idempotencyKey = description): string {
  return `mutation { createJournal(
    input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1.5", description: "${description}" } }
    idempotencyKey: "${idempotencyKey}"
  ) { __typename } }`;
}

async function descriptions(): Promise<(string | null)[]> {
  const { data } = await ask<{ journals: { nodes: { description: string | null }[] } }>(
    gateway.url,
    '{ journals { nodes { description } } }',
  );
  return (data?.journals.nodes ?? []).map(({ description }) => description);
}

describe("graphql-http's server audits", () => {
  // A GET must prove that it is not cross-site: see test/server/crossSite.test.ts.
  const fetchFn = (url: string, { headers, ...init }: RequestInit = {}) =>
    fetch(url, { ...init, headers: { 'graphql-require-preflight': 'yes', ...(headers as Record<string, string>) } });
  const audits = serverAudits({ url: () => gateway.url, fetchFn });

  it('are 61 in number', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits)('pass: $id $name', async ({ fn }) => {
    const result = await fn();

    expect('reason' in result ? result.reason : undefined).toBeUndefined();
    expect(result.status).toBe('ok');
  });
});

describe('GET', () => {
  it('runs a query with variables and an operation name', async () => {
    const query = 'query Other { other: __typename } query Mine($id: ID!) { mine: account(id: $id) { id } }';

    const answer = await get({ query, operationName: 'Mine', variables: JSON.stringify({ id: sweep }) });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ data: { mine: { id: sweep } } });
  });

  it('refuses a mutation with 405 and the allowed method, and creates nothing', async () => {
    const answer = await get({ query: creation('by-get') });

    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(await descriptions()).not.toContain('by-get');
  });

  it('refuses a mutation that operationName selects in a document with a query', async () => {
    const query = `query Read { __typename } ${creation('chosen').replace('mutation', 'mutation Write')}`;

    const answer = await get({ query, operationName: 'Write' });

    expect(answer.status).toBe(405);
  });

  it.each(['variables', 'extensions'])('refuses %s that are not JSON with 400', async (name) => {
    const answer = await get({ query: '{ __typename }', [name]: '{' });

    expect(answer.status).toBe(400);
  });
});

describe('the method', () => {
  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])(
    '%s is refused with 405 and the allowed methods',
    async (method) => {
      const answer = await fetch(gateway.url, { method });

      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, POST');
    },
  );
});

describe('the request body', () => {
  const query = JSON.stringify({ query: '{ __typename }' });

  it.each(['text/plain', 'application/xml', 'application/jsonx', 'multipart/form-data; boundary=x'])(
    'of type %s is refused with 415',
    async (type) => {
      const answer = await post(query, { 'content-type': type });

      expect(answer.status).toBe(415);
    },
  );

  it.each(['utf-8', 'UTF-8', '"utf-8"'])('in charset=%s is read', async (charset) => {
    const answer = await post(query, { 'content-type': `application/json; charset=${charset}` });

    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each(['iso-8859-1', 'utf-16'])('in charset=%s is refused with 415 rather than misread', async (charset) => {
    const answer = await post(query, { 'content-type': `application/json; charset=${charset}` });

    expect(answer.status).toBe(415);
  });

  it('may contain characters outside ASCII', async () => {
    await post(JSON.stringify({ query: creation('Zürich 東京 🏦', 'beyond-ascii') }));

    expect(await descriptions()).toContain('Zürich 東京 🏦');
  });

  it.each([
    ['malformed JSON', '{'],
    ['empty', ''],
    ['null', 'null'],
    ['a string', '"{ __typename }"'],
    ['a number', '7'],
    ['a batch', '[{"query":"{ __typename }"}]'],
    ['an empty object', '{}'],
    ['an unknown parameter', '{"query":"{ __typename }","quarry":"x"}'],
  ])('that is %s is refused with 400 and an error with a code', async (_name, body) => {
    const answer = await post(body, { accept: graphqlResponse });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      errors: [
        expect.objectContaining({
          extensions: expect.objectContaining({ code: expect.any(String) as string }) as object,
        }),
      ],
    });
  });
});

describe('the Accept header', () => {
  const query = JSON.stringify({ query: '{ __typename }' });

  it.each([
    [graphqlResponse, graphqlResponse],
    ['application/json', 'application/json'],
    [`${graphqlResponse}, application/json;q=0.9`, graphqlResponse],
    ['application/graphql-response+json; charset=utf-8', graphqlResponse],
    ['text/html, application/json', 'application/json'],
    ['*/*', 'application/json'],
  ])('%s selects the response type %s', async (accept, expected) => {
    const answer = await post(query, { accept });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(`${expected}; charset=utf-8`);
  });

  it.each(['text/html', 'image/png', 'application/json; charset=iso-8859-1', 'application/json;q=0'])(
    '%s is refused with 406 before the operation is executed',
    async (accept) => {
      const key = `not-acceptable-${accept.length}`;

      const answer = await post(JSON.stringify({ query: creation(key) }), { accept });

      expect(answer.status).toBe(406);
      expect(await descriptions()).not.toContain(key);
    },
  );

  it.each(['application/json', graphqlResponse])('%s is refused for a subscription with 406', async (accept) => {
    const answer = await post(JSON.stringify({ query: 'subscription { journalStatusChanged { id } }' }), { accept });

    expect(answer.status).toBe(406);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });
  });
});

describe('the status', () => {
  const failing = '{ good: __typename bad: journals(first: 501) { nodes { id } } }';

  it.each([graphqlResponse, 'application/json'])(
    'of a partial success is 200 with data and errors for clients that accept %s',
    async (accept) => {
      const answer = await post(JSON.stringify({ query: failing }), { accept });

      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        data: { good: 'Query', bad: null },
        errors: [{ path: ['bad'], extensions: { code: 'BAD_USER_INPUT' } }],
      });
    },
  );

  it.each([
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['a validation error', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'query ($id: ID!) { journal(id: $id) { id } }', 'BAD_USER_INPUT'],
    ['a document without an operation', 'fragment F on Query { __typename }', expect.any(String)],
  ])('of %s is 400 without data, and 200 for clients that accept application/json', async (_name, query, code) => {
    const answer = await post(JSON.stringify({ query }), { accept: graphqlResponse });
    const body: unknown = await answer.json();

    expect(answer.status).toBe(400);
    expect(body).toMatchObject({ errors: [{ extensions: { code: code as string } }] });
    expect(body).not.toHaveProperty('data');
  });

  it('of an unknown operation name is 400', async () => {
    const answer = await post(JSON.stringify({ query: 'query A { __typename }', operationName: 'B' }), {
      accept: graphqlResponse,
    });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }] });
  });

  it('is not repeated in an http extension of the error', async () => {
    const answer = await post(JSON.stringify({ query: '{' }), { accept: graphqlResponse });

    expect(await answer.text()).not.toContain('"http"');
  });
});
