import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import type {
  GraphQLFieldConfig,
  GraphQLFieldConfigArgumentMap,
  GraphQLInputFieldConfig,
  GraphQLOutputType,
} from 'graphql';

import { placeOf } from '../../../src/plan/Replay.ts';

import { plainFields } from './World.ts';
import type { Thing, World } from './World.ts';

type Field = GraphQLFieldConfig<Thing | undefined, World>;
type Fields = Record<string, Field>;

const required = <Type extends ConstructorParameters<typeof GraphQLNonNull>[0]>(type: Type) => new GraphQLNonNull(type);
const list = <Type extends ConstructorParameters<typeof GraphQLList>[0]>(type: Type) => new GraphQLList(type);

const Color = new GraphQLEnumType({
  name: 'Color',
  values: { RED: { value: 1 }, GREEN: { value: 'green' }, BLUE: {} },
});

const Stamp = new GraphQLScalarType({
  name: 'Stamp',
  serialize: (value) => {
    if (typeof value === 'string') return { stamp: value };
    throw new TypeError(`no stamp: ${typeof value}`);
  },
  parseValue: (value) => {
    if (typeof value === 'string') return `parsed ${value}`;
    throw new GraphQLError('expected a stamp', { extensions: { code: 'STAMP' } });
  },
});

const Filter: GraphQLInputObjectType = new GraphQLInputObjectType({
  name: 'Filter',
  fields: (): Record<string, GraphQLInputFieldConfig> => ({
    text: { type: GraphQLString, defaultValue: 'x' },
    colors: { type: list(required(Color)), defaultValue: [1] },
    nested: { type: Filter },
    when: { type: Stamp },
    n: { type: GraphQLInt },
    list: { type: list(list(GraphQLInt)) },
  }),
});

const Pick = new GraphQLInputObjectType({
  name: 'Pick',
  isOneOf: true,
  fields: { a: { type: GraphQLInt }, b: { type: GraphQLString }, c: { type: Filter } },
});

/** A field without a resolver. */
const plain = (type: GraphQLOutputType): Field => ({ type });

/** A field whose resolver has no side effects and may be called again. */
const pure = (type: GraphQLOutputType, args: GraphQLFieldConfigArgumentMap = {}): Field => ({
  type,
  args,
  extensions: { pure: true },
  resolve: (source, given) => JSON.stringify([source?.place, given]),
});

/** A field whose resolver must be called exactly once and returns synchronously. */
const called = (type: GraphQLOutputType, args: GraphQLFieldConfigArgumentMap = {}): Field => ({
  type,
  args,
  extensions: { complexity: ({ n = 1 }: { n?: number | null }) => ({ field: 10, multiplier: n ?? 0 }) },
  resolve: (source, given, world, info) => {
    world.calls.push(placeOf(info.path));
    const place = `${source?.place ?? ''}.${info.fieldName}`;
    return 'filter' in given || 'n' in given ? JSON.stringify(given) : world.valueAt(info.returnType, place);
  },
});

/** A field whose resolver returns a promise, or a list of promises. */
const late = (type: GraphQLOutputType, args: GraphQLFieldConfigArgumentMap = {}): Field => ({
  type,
  args,
  extensions: { complexity: 100 },
  resolve: (source, _args, world, info) => {
    world.calls.push(placeOf(info.path));
    const place = `${source?.place ?? ''}.${info.fieldName}`;
    const value = () => world.valueAt(info.returnType, place);
    if (!world.drawAt(`${place} in items`).chance(30)) return Promise.resolve().then(value);
    const items = value();
    return Array.isArray(items)
      ? items.map(async (item: unknown) => {
          if (item instanceof Error) throw item;
          return item;
        })
      : items;
  },
});

/** A field that throws the first time in an operation and is null afterwards. */
const secret: Field = {
  type: GraphQLString,
  resolve: (_source, _args, world, info) => {
    world.calls.push(placeOf(info.path));
    if (world.refused.has(info.fieldName)) return null;
    world.refused.add(info.fieldName);
    throw new GraphQLError('a secret', { extensions: { code: 'FORBIDDEN' } });
  },
};

const Thing: GraphQLInterfaceType = new GraphQLInterfaceType({
  name: 'Thing',
  resolveType: (value: Partial<Thing>) => value.kind,
  fields: () => thingFields(),
});

/** An interface whose object types are found with `isTypeOf`. */
const Named = new GraphQLInterfaceType({ name: 'Named', fields: { name: { type: GraphQLString } } });

const thingFields = (): Fields => ({
  id: plain(required(GraphQLID)),
  name: plain(GraphQLString),
  other: plain(Thing),
  late: late(Thing),
  secret,
});

const n = { type: GraphQLInt, defaultValue: 2 };
const requiredN = { type: required(GraphQLInt), defaultValue: 1 };

const A: GraphQLObjectType = object('A', [Thing, Named], () => ({
  ...thingFields(),
  count: plain(GraphQLInt),
  ratio: plain(GraphQLFloat),
  flag: plain(required(GraphQLBoolean)),
  color: plain(Color),
  colors: plain(list(required(Color))),
  when: plain(Stamp),
  tags: plain(list(GraphQLString)),
  matrix: plain(list(list(required(GraphQLInt)))),
  pure: pure(required(GraphQLString), { n }),
  needed: plain(required(B)),
  lateList: late(list(Thing)),
  asked: called(GraphQLString, { filter: { type: Filter }, n: requiredN }),
}));

const B: GraphQLObjectType = object('B', [Thing, Named], () => ({
  ...thingFields(),
  count: plain(required(GraphQLInt)),
  color: called(required(Color)),
  any: plain(required(Any)),
  anys: plain(list(required(Any))),
  lateB: late(required(B)),
}));

const C: GraphQLObjectType = object('C', [], () => ({
  when: plain(required(Stamp)),
  count: plain(GraphQLInt),
  things: plain(required(list(required(Thing)))),
}));

const Any = new GraphQLUnionType({ name: 'Any', types: [A, B, C], resolveType: (value: Partial<Thing>) => value.kind });

function object(name: string, interfaces: GraphQLInterfaceType[], fields: () => Fields): GraphQLObjectType {
  return new GraphQLObjectType<Thing, World>({
    name,
    interfaces,
    isTypeOf: (value: Partial<Thing>) => value.kind === name,
    fields: () => fields() as Record<string, GraphQLFieldConfig<Thing, World>>,
  });
}

const echoArguments = {
  filter: { type: Filter },
  pick: { type: Pick },
  color: { type: Color, defaultValue: 'green' },
  colors: { type: list(Color) },
  n: requiredN,
  id: { type: GraphQLID },
  when: { type: Stamp },
};

/** A schema with every kind of type and field. Its resolvers return the values of the world, mistakes included. */
export const thingSchema = new GraphQLSchema({
  query: new GraphQLObjectType<undefined, World>({
    name: 'Query',
    fields: {
      thing: called(Thing),
      late: late(A),
      lateNeeded: late(required(B)),
      things: late(required(list(required(Thing)))),
      promised: late(list(Any)),
      any: called(required(Any)),
      named: late(Named),
      echo: called(required(GraphQLString), echoArguments),
      count: pure(GraphQLString),
    },
  }),
  mutation: new GraphQLObjectType<undefined, World>({
    name: 'Mutation',
    fields: { set: late(Any, { filter: { type: Filter } }), first: late(required(A)), second: called(B) },
  }),
  subscription: new GraphQLObjectType<Thing, World>({
    name: 'Subscription',
    fields: { changed: { type: required(Any), resolve: (event) => event } },
  }),
  types: [A, B, C],
});

for (const type of [A, B, C]) {
  const fields = Object.values(type.getFields()).filter(({ resolve }) => !resolve);
  plainFields.set(type.name, Object.fromEntries(fields.map((field) => [field.name, field.type])));
}
