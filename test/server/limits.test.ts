import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';

import { sweep } from '../kit/accounts.ts';
import { Gate } from '../kit/Gate.ts';
import { doors, operate } from '../kit/operate.ts';
import type { Outcome } from '../kit/operate.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';
import { startServer } from '../kit/startServer.ts';

const gateway = sharedGateway();

const scalars = `id entryType status rawStatus isFinal description createdAt settleDate systemDate currency
  ... on JNLC { netAmount transmitterName transmitterAccountNumber transmitterAddress
  transmitterFinancialInstitution transmitterTimestamp } ... on JNLS { symbol qty price }`;

function aliases(count: number, field = `journal(id: "${sweep}") { id status }`): string {
  return `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} }`;
}

/** Accounts of journals of accounts, nested this deep. */
function nested(depth: number): string {
  let selection = 'id';
  for (let level = 1; level < depth; level += 1) {
    selection =
      level % 3 === 0
        ? `journals(first: 1) { ${selection} }`
        : `${level % 3 === 1 ? 'toAccount' : 'nodes'} { ${selection} }`;
  }
  return selection;
}

function codesOf({ errors = [] }: Outcome): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code']);
}

describe.each(doors)('the gateway, over %s,', (door) => {
  const ask = (query: string, variables?: Record<string, unknown>) =>
    operate(door, gateway.url, null, query, variables);

  it.each([
    ['the longest page with all scalar fields', `{ journals(first: 500) { nodes { ${scalars} } } }`],
    ['30 aliases', aliases(30)],
    ['30 aliases of pages', aliases(30, 'journals { nodes { id status } }')],
    ['the standard introspection query', getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true })],
  ])('accepts %s', async (_what, query) => {
    const { data, errors } = await ask(query);

    expect(errors).toBeUndefined();
    expect(data).toEqual(expect.any(Object));
  });

  it.each([
    ['100 aliases', aliases(100), { code: 'ALIAS_LIMIT_EXCEEDED', alias: 100, limit: 50 }],
    [
      'aliases behind fragments',
      `{ ...a ...b } fragment a on Query { ...c } fragment b on Query { ...c }
       fragment c on Query ${aliases(26)}`,
      { code: 'ALIAS_LIMIT_EXCEEDED', alias: 52, limit: 50 },
    ],
    [
      'fields 21 deep',
      `{ account(id: "${sweep}") { journals(first: 1) { nodes { ${nested(18)} } } } }`,
      { code: 'DEPTH_LIMIT_EXCEEDED', depth: 21, limit: 20 },
    ],
    [
      '1,001 fields',
      `{ account(id: "${sweep}") { ${'id '.repeat(1_000)} } }`,
      { code: 'FIELD_LIMIT_EXCEEDED', field: 1_001, limit: 1_000 },
    ],
    [
      '51 directives',
      `{ account(id: "${sweep}") { id ${'@include(if: true) '.repeat(51)} } }`,
      { code: 'DIRECTIVE_LIMIT_EXCEEDED', directive: 51, limit: 50 },
    ],
    [
      '20,001 tokens',
      `{ account(id: "${sweep}") { id } } ${'"" '.repeat(20_001)}`,
      { code: 'TOKEN_LIMIT_EXCEEDED', limit: 20_000 },
    ],
    ['201 brackets', `{ nodes(ids: ${'['.repeat(200)}${']'.repeat(200)}) { id } }`, { code: 'GRAPHQL_PARSE_FAILED' }],
    [
      'pages of pages',
      '{ journals(first: 500) { nodes { toAccount { journals(first: 500) { nodes { id } } } } } }',
      { code: 'COST_LIMIT_EXCEEDED', cost: 551_100, limit: 100_000 },
    ],
  ])('refuses %s', async (_what, query, extensions) => {
    const { data, errors } = await ask(query);

    expect(errors?.map((error) => error.extensions)).toEqual([extensions]);
    expect(data ?? null).toBeNull();
  });

  it('computes the cost with the variables', async () => {
    const query = `query ($inner: Int) { journals(first: 100) { nodes { toAccount { journals(first: $inner) { nodes { id } } } } } }`;

    expect((await ask(query, { inner: 2 })).errors).toBeUndefined();
    expect(codesOf(await ask(query, { inner: 500 }))).toEqual(['COST_LIMIT_EXCEEDED']);
  });

  it('reports invalid variables, regardless of their cost', async () => {
    const query = 'query ($first: Int) { journals(first: $first) { nodes { id } } }';

    expect(codesOf(await ask(query, { first: 'many' }))).toEqual(['BAD_USER_INPUT']);
  });

  it('reports cyclic fragments as a validation error', async () => {
    const query = '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }';

    expect(codesOf(await ask(query))).toContain('GRAPHQL_VALIDATION_FAILED');
  });

  it('refuses fragments that double each other without expanding them', async () => {
    const chain = Array.from(
      { length: 60 },
      (_, index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`,
    );
    const query = `{ ...f0 } ${chain.join(' ')} fragment f60 on Query { __typename }`;

    const { errors } = await ask(query);

    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FIELD_LIMIT_EXCEEDED', limit: 1_000 });
  });
});

describe('a principal', () => {
  it.each(doors)('has its rate limited over %s, with the time to retry', async (door) => {
    const server = await startServer({}, { maxPerSecond: 2 });
    const ask = () => operate(door, server.url, null, '{ hello }');

    const outcomes = [await ask(), await ask(), await ask()];

    expect(outcomes.map(codesOf)).toEqual([[], [], ['OPERATION_RATE_LIMITED']]);
    expect(Date.parse(String(outcomes[2]?.errors?.[0]?.extensions?.['retryAt']))).toBeGreaterThan(Date.now() - 1_000);
    if (door === 'HTTP' || door === 'SSE') expect(outcomes[2]?.status).toBe(429);
  });

  it('has documents that cannot be parsed counted too', async () => {
    const server = await startServer({}, { maxPerSecond: 1 });

    expect(codesOf(await operate('HTTP', server.url, null, '{'))).toEqual(['GRAPHQL_PARSE_FAILED']);
    expect(codesOf(await operate('WebSocket', server.url, null, '{'))).toEqual(['OPERATION_RATE_LIMITED']);
  });

  it.each(doors)('has its running operations limited over %s, until one of them ends', async (door) => {
    const gate = new Gate();
    const server = await startServer({ work: async () => (await gate.pass(), 'done') }, { maxConcurrent: 1 });
    const ask = (query: string) => operate(door, server.url, null, query);
    const first = ask('{ work }');
    await gate.reached;

    const second = await ask('{ hello }');
    gate.open();
    await first;
    const third = await ask('{ hello }');

    expect(codesOf(second)).toEqual(['CONCURRENCY_LIMITED']);
    expect(third.data).toEqual({ hello: 'hello' });
  });
});
