import { execute, getOperationAST, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import { compileOperation } from '../../src/plan/compileOperation.ts';
import type { CompiledOperation } from '../../src/plan/compileOperation.ts';
import { schema as gatewaySchema } from '../../src/schema/schema.ts';

import { thingSchema } from './kit/thingSchema.ts';
import { World } from './kit/World.ts';

function compile(text: string): CompiledOperation | null {
  const document = parse(text);
  const operation = getOperationAST(document);
  return operation ? compileOperation(thingSchema, document, operation) : null;
}

async function dataOf(text: string, coerced: Record<string, unknown> = {}): Promise<unknown> {
  const result = await compile(text)?.execute(new World(3, 0), { raw: coerced, coerced });
  return result && JSON.parse(result.data);
}

describe('compileOperation', () => {
  it('leaves introspection to graphql-js', () => {
    expect(compile('{ __schema { queryType { name } } }')).toBeNull();
  });

  it('leaves operations with too many conditions to graphql-js', () => {
    const withConditions = (names: string[]) =>
      `query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
        ${names.map((name) => `${name}: count @skip(if: $${name})`).join(' ')} }`;

    expect(compile(withConditions(['a', 'b', 'c', 'd']))).not.toBeNull();
    expect(compile(withConditions(['a', 'b', 'c', 'd', 'e']))).toBeNull();
  });

  it('leaves operations that need too much code to graphql-js', () => {
    // Three types at each of the levels, each with a selection of its own.
    const nest = (depth: number): string =>
      depth === 0 ? 'id' : ['A', 'B'].map((type) => `... on ${type} { other { ${nest(depth - 1)} } }`).join(' ');

    expect(compile(`{ thing { ${nest(3)} } }`)).not.toBeNull();
    expect(compile(`{ thing { ${nest(11)} } }`)).toBeNull();
  });

  it('has one variant of the code for each combination of conditions', async () => {
    const text = 'query ($a: Boolean!, $b: Boolean!) { x: __typename @skip(if: $a) y: __typename @include(if: $b) }';

    await expect(dataOf(text, { a: false, b: false })).resolves.toEqual({ x: 'Query' });
    await expect(dataOf(text, { a: true, b: true })).resolves.toEqual({ y: 'Query' });
    await expect(dataOf(text, { a: true, b: false })).resolves.toEqual({});
  });

  it('keeps values from clients out of the code', async () => {
    const attack = '\\"];globalThis.attacked = true;//\\u2028${globalThis.attacked = true}';
    const text = `{ __proto__: echo(id: "${attack}") constructor: __typename }`;
    const data = await dataOf(text);

    expect(Object.keys(data as object)).toEqual(['__proto__', 'constructor']);
    expect(JSON.stringify(data)).toContain('globalThis.attacked');
    expect(globalThis).not.toHaveProperty('attacked');
  });

  it('does not call the resolver of a mutation again when its result can only be completed by graphql-js', async () => {
    // These worlds contain mistakes, so that graphql-js must complete some of the results.
    let completed = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const operation = compile('mutation { first { flag needed { id count } } second { count color } }');
      const world = new World(seed, 10);
      await operation?.execute(world, { raw: {}, coerced: {} });

      expect(world.calls).toEqual([...new Set(world.calls)]);
      completed += operation?.replays ?? 0;
    }

    expect(completed).toBeGreaterThan(50);
  });

  it('leaves other executions of the schema as they are', async () => {
    compile('{ count }');

    const result = await execute({ schema: thingSchema, document: parse('{ count }'), contextValue: new World(1, 0) });

    expect(result.errors).toBeUndefined();
  });
});

describe("the gateway's schema", () => {
  it('calls resolvers only where they read more than their parent', () => {
    const called = Object.values(gatewaySchema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.values(type.getFields())
            .filter(({ resolve, extensions }) => resolve && extensions['pure'] !== true)
            .map(({ name }) => `${type.name}.${name}`)
        : [],
    );

    expect(called.filter((name) => !/^(Query|Mutation|Subscription)\./.test(name))).toEqual([
      'Account.journals',
      'AwaitedJournal.journal',
      'DeleteJournalSuccess.journal',
      'JNLC.transmitterAccountNumber',
      'JNLC.transmitterAddress',
      'JNLC.transmitterFinancialInstitution',
      'JNLC.transmitterInfo',
      'JNLC.transmitterName',
      'JNLC.transmitterTimestamp',
      'JNLS.transmitterInfo',
      'JournalNotDeletableError.journal',
      'JournalStatusEvent.journal',
      'OtherJournal.transmitterInfo',
    ]);
  });
});
