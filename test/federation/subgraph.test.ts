import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep, thirdCustomer, unknownAccount } from '../kit/accounts.ts';
import { createJournals } from '../kit/createJournals.ts';
import { doors, operate } from '../kit/operate.ts';
import { serveHere } from '../kit/serveHere.ts';
import { runBinary } from '../kit/startBinary.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';

const entities = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ... on Account { id } ... on Journal { id } }
}`;

/** Starts a subgraph with several principals and two journals to `customer`. */
async function start() {
  const sandbox = await startSandbox({ settleDelayMs: 0 });
  const ids = await createJournals((await startGateway(sandbox.url)).url, 2);
  const { ask, url, credentials } = await startWithKeys(
    sandbox.url,
    {
      reader: { scopes: ['journals:read'], accounts: [customer] },
      stranger: { scopes: ['journals:read'], accounts: [thirdCustomer] },
      writer: { scopes: ['journals:write'] },
      composer: { scopes: ['schema:introspect'] },
    },
    { isSubgraph: true },
  );
  return { ids, ask, url, credentials };
}

describe('the subgraph', () => {
  it('has the SDL that `schema --federation` prints', async () => {
    const { url } = await serveHere({ FEDERATION: 'true' });

    const { stdout } = await runBinary(['schema', '--federation']);
    const { data } = await operate('HTTP', url, null, '{ _service { sdl } }');

    expect(data).toEqual({ _service: { sdl: stdout } });
    expect(stdout).toContain('type Account @key(fields: "id") {');
    expect(stdout).toContain('interface Journal implements Node @key(fields: "id") {');
    expect(stdout).toContain('directive @oneOf on INPUT_OBJECT');
    expect(stdout).not.toMatch(/_entities|_service/);
  });

  it('has every field of the schema, and adds only the types and fields that federation requires', async () => {
    const sandbox = await startSandbox();
    const names = '{ __schema { types { name fields { name } } } }';
    const namesAt = async (isSubgraph: boolean) => {
      const { url } = await startGateway(sandbox.url, {}, { isSubgraph });
      const { data } = await operate('HTTP', url, null, names);
      const { types } = (data as { __schema: { types: { name: string; fields: { name: string }[] | null }[] } })
        .__schema;
      return types.flatMap(({ name, fields }) => [name, ...(fields ?? []).map((field) => `${name}.${field.name}`)]);
    };

    const [own, subgraph] = [await namesAt(false), await namesAt(true)];

    expect(own.filter((name) => !subgraph.includes(name))).toEqual([]);
    expect(subgraph.filter((name) => !own.includes(name)).sort()).toEqual([
      'Query._entities',
      'Query._service',
      '_Any',
      '_Entity',
      '_Service',
      '_Service.sdl',
    ]);
  });

  it('shows its SDL only to principals with the scope schema:introspect', async () => {
    const { ask } = await start();
    const asked = '{ _service { sdl } }';

    expect((await ask('composer', asked)).data).toMatchObject({ _service: {} });
    expect((await ask('reader', asked)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('an entity', () => {
  it('is resolved by its type or its interface, or to null, in the order of the representations', async () => {
    const { ids, ask } = await start();
    const [first = '', second = ''] = ids;

    const { data, errors } = await ask('reader', entities, {
      representations: [
        { __typename: 'Journal', id: first },
        { __typename: 'Account', id: customer },
        { __typename: 'JNLC', id: second },
        { __typename: 'JNLS', id: first },
        { __typename: 'Journal', id: unknownAccount },
        { __typename: 'Account', id: 'no UUID' },
      ],
    });

    expect(errors).toBeUndefined();
    expect(data).toEqual({
      _entities: [
        { __typename: 'JNLC', id: first },
        { __typename: 'Account', id: customer },
        { __typename: 'JNLC', id: second },
        null,
        null,
        null,
      ],
    });
  });

  it.each(doors)('is hidden over %s from a principal that may not see it', async (door) => {
    const { ids, url, credentials } = await start();
    const representations = [
      { __typename: 'Journal', id: ids[0] },
      { __typename: 'Account', id: otherCustomer },
      { __typename: 'Account', id: sweep },
    ];

    const { data } = await operate(door, url, credentials.stranger, entities, { representations });

    expect(data).toEqual({ _entities: [null, null, null] });
  });

  it.each(doors)('is resolved over %s only for a principal with the scope journals:read', async (door) => {
    const { ids, url, credentials } = await start();
    const resolveAs = (credential: string) =>
      operate(door, url, credential, entities, { representations: [{ __typename: 'Journal', id: ids[0] }] });

    const { data } = await resolveAs(credentials.reader);
    const { errors } = await resolveAs(credentials.writer);

    expect(data).toEqual({ _entities: [{ __typename: 'JNLC', id: ids[0] }] });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' }, path: ['_entities'] }]);
  });

  it.each([
    ['names a type that is not an entity', { __typename: 'PageInfo', id: customer }],
    ['names no type', { id: customer }],
    ['has no id', { __typename: 'Account' }],
    ['is a string', 'Account'],
    ['is null', null],
  ])('is refused as bad input if its representation %s', async (_what, representation) => {
    const { ask } = await start();

    const { errors } = await ask('reader', entities, { representations: [representation] });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('costs as much as the API call that it needs, and is one of at most 500 in a field', async () => {
    const { ask } = await start();
    const many = (count: number, typename: string) => ({
      representations: Array.from({ length: count }, () => ({ __typename: typename, id: customer })),
    });

    expect((await ask('reader', entities, many(500, 'Account'))).errors).toBeUndefined();
    expect((await ask('reader', entities, many(501, 'Account'))).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect((await ask('reader', entities, many(1_000, 'Journal'))).errors).toMatchObject([
      { extensions: { code: 'COST_LIMIT_EXCEEDED' } },
    ]);
  });
});
