import { describe, expect, it } from 'vitest';

import { doors, operate } from '../kit/operate.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';

const sandbox = sharedGateway();

async function start() {
  const stub = await StubUpstream.start(json(404, {}));
  return startWithKeys(stub.url, {
    reader: { scopes: ['journals:read'] },
    tool: { scopes: ['schema:introspect'] },
  });
}

const introspections = [
  ['by __schema', '{ __schema { queryType { name } } }'],
  ['by __type', '{ __type(name: "Query") { name } }'],
  ['under an alias', '{ a: __schema { queryType { name } } }'],
  [
    'inside fragments',
    '{ ...a } fragment a on Query { ... { ...b } } fragment b on Query { __schema { queryType { name } } }',
  ],
  ['in another operation of the document', 'query A { __typename } query B { __schema { queryType { name } } }'],
] as const;

describe.each(doors)('the schema over %s', (door) => {
  it.each(introspections)('is denied without the scope when it is requested %s', async (_how, query) => {
    const { url, credentials } = await start();

    const { data, errors } = await operate(door, url, credentials.reader, query);

    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: expect.stringMatching(/^FORBIDDEN$/) as string } }]);
  });

  it('is returned with the scope, before and after another principal is denied', async () => {
    const { url, credentials } = await start();
    const ask = (name: 'reader' | 'tool') => operate(door, url, credentials[name], introspections[0][1]);

    const answers = [await ask('tool'), await ask('reader'), await ask('tool')];

    expect(answers.map(({ data }) => data ?? null)).toEqual([
      { __schema: { queryType: { name: 'Query' } } },
      null,
      { __schema: { queryType: { name: 'Query' } } },
    ]);
  });

  it('does not include __typename, which every principal may read', async () => {
    const { url, credentials } = await start();

    expect((await operate(door, url, credentials.reader, '{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it.each([
    ['a field', '{ journalz { nodes { id } } }', {}],
    ['an argument', '{ journals(frist: 1) { nodes { id } } }', {}],
    ['a type', 'query ($a: JournalFiltr) { journals(filter: $a) { nodes { id } } }', {}],
    ['an enum value', '{ journals(filter: { status: [EXECUTD] }) { nodes { id } } }', {}],
    [
      'a variable of an enum',
      'query ($a: JournalFilter) { journals(filter: $a) { nodes { id } } }',
      { a: { status: ['EXECUTD'] } },
    ],
    [
      'a variable with a field',
      'query ($a: JournalFilter) { journals(filter: $a) { nodes { id } } }',
      { a: { statu: [] } },
    ],
  ])('is not revealed by a suggestion for a misspelled name of %s', async (_what, query, variables) => {
    const { url, credentials } = await start();

    const { errors } = await operate(door, url, credentials.tool, query, variables);
    const suggested = await operate(door, sandbox.url, null, query, variables);

    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
    expect(JSON.stringify(suggested.errors)).toContain('Did you mean');
  });
});

describe('GraphiQL', () => {
  const open = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url, { headers: { accept: 'text/html', ...headers } });
    // A response that is only half read would delay the gateway's shutdown.
    const isPage = (await answer.text()).includes('GraphiQL');
    return { status: answer.status, isPage };
  };

  it('is served in front of a sandbox', async () => {
    expect(await open(sandbox.url)).toEqual({ status: 200, isPage: true });
  });

  it('is otherwise served only to principals who may read the schema', async () => {
    const { url, credentials } = await start();

    expect(await open(url, { authorization: credentials.tool })).toEqual({ status: 200, isPage: true });
    expect(await open(url, { authorization: credentials.reader })).toMatchObject({ isPage: false });
    expect(await open(url)).toMatchObject({ isPage: false });
  });
});
