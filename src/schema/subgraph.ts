import {
  isObjectType,
  Kind,
  parse,
  print,
  printSchema,
  visit,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import type {
  ConstDirectiveNode,
  GraphQLFieldConfig,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
} from 'graphql';

import type { OperationContext } from '../context.ts';
import { journalTypeName } from '../domain/journal.ts';
import type { Journal } from '../domain/journal.ts';
import { BadUserInputError } from '../errors/BadUserInputError.ts';
import { entities } from '../resolvers/entities.ts';
import type { EntityReference } from '../resolvers/entities.ts';

import { callCost } from './cost.ts';
import { schema } from './schema.ts';

type Field<Args> = GraphQLFieldConfig<unknown, OperationContext, Args>;

/** 2.3 is the first version of Apollo Federation in which an interface may have a key. */
const head = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

"""Requires exactly one field of an input. Declared because composers do not know this directive of GraphQL."""
directive @oneOf on INPUT_OBJECT
`;

const key = directives('@key(fields: "id")');
const shareable = directives('@shareable');

/**
 * The types whose objects other subgraphs can refer to by `id`. An interface with a key requires it of all its types.
 */
const entityTypes: readonly string[] = ['Account', 'JNLC', 'JNLS', 'Journal', 'OtherJournal'];

/** Types that other subgraphs define too: `PageInfo` is from the Relay specification. */
const sharedTypes: readonly string[] = ['PageInfo'];

/** The public schema as the SDL of a subgraph of Apollo Federation 2. */
export function printedSubgraph(): string {
  return printSubgraph(schema);
}

/**
 * Adds to a schema the fields and types that Apollo Federation 2 requires of a subgraph
 * (https://www.apollographql.com/docs/federation/subgraph-spec).
 */
export function toSubgraph(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  const query = schema.getQueryType()?.toConfig();
  if (!query) throw new Error('expected a schema with a query type');
  const fields = { ...query.fields, _entities: entitiesField(schema), _service: serviceField(printSubgraph(schema)) };
  return new GraphQLSchema({
    ...config,
    query: new GraphQLObjectType<unknown, OperationContext>({ ...query, fields }),
    types: config.types.filter(({ name }) => name !== query.name),
  });
}

function entitiesField(schema: GraphQLSchema): Field<{ representations: EntityReference[] }> {
  const types = entityTypes.map((name) => schema.getType(name)).filter(isObjectType);
  const Entity = new GraphQLUnionType({
    name: '_Entity',
    description: 'An entity: an object to which other subgraphs can refer.',
    types,
    resolveType: (value: { id: string } | Journal) => ('entryType' in value ? journalTypeName(value) : 'Account'),
  });
  const Any = new GraphQLScalarType<EntityReference>({
    name: '_Any',
    description: 'The representation of an entity: its `__typename` and its `id`.',
    parseValue: referenceOf,
  });
  return {
    description: 'Returns the entities with these representations. An item is null if its entity does not exist.',
    type: new GraphQLNonNull(new GraphQLList(Entity)),
    args: {
      representations: {
        description: 'The representations of up to 500 entities.',
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(Any))),
      },
    },
    extensions: { complexity: costOf },
    resolve: (_root, { representations }, context) => entities(representations, context),
  };
}

function serviceField(sdl: string): Field<unknown> {
  const Service = new GraphQLObjectType({
    name: '_Service',
    description: 'Information about the subgraph for the composition of a supergraph.',
    fields: {
      sdl: { description: 'The schema of the subgraph (SDL).', type: new GraphQLNonNull(GraphQLString) },
    },
  });
  return {
    description: 'Returns information about the subgraph. Requires the scope `schema:introspect`.',
    type: new GraphQLNonNull(Service),
    resolve: () => ({ sdl }),
  };
}

/** The cost of `_entities`: each journal needs an API call, an account needs none. */
function costOf({ representations }: { representations: EntityReference[] }): { field: number; multiplier: number } {
  const journals = representations.filter(({ typename }) => typename !== 'Account');
  return { field: callCost * journals.length, multiplier: representations.length };
}

/** @throws BadUserInputError */
function referenceOf(value: unknown): EntityReference {
  if (typeof value === 'object' && value !== null && '__typename' in value && 'id' in value) {
    const { __typename: typename, id } = value;
    if (typeof typename === 'string' && entityTypes.includes(typename) && typeof id === 'string')
      return { typename, id };
  }
  throw new BadUserInputError(`expected an id and a __typename that is one of ${entityTypes.join(', ')}`);
}

function printSubgraph(schema: GraphQLSchema): string {
  const document = visit(parse(printSchema(schema)), {
    ObjectTypeDefinition: withDirective,
    InterfaceTypeDefinition: withDirective,
  });
  return `${head}\n${print(document)}\n`;
}

function withDirective<Node extends ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode>(node: Node): Node {
  const name = node.name.value;
  const added = entityTypes.includes(name) ? key : sharedTypes.includes(name) ? shareable : [];
  return { ...node, directives: [...(node.directives ?? []), ...added] };
}

function directives(text: string): readonly ConstDirectiveNode[] {
  const [definition] = parse(`scalar Any ${text}`).definitions;
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : [];
}
