import {
  isObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import type { GraphQLFieldConfig } from 'graphql';

import type { OperationContext } from '../context.ts';
import { journalTypeName } from '../domain/journal.ts';
import type { Journal } from '../domain/journal.ts';
import { BadUserInputError } from '../errors/BadUserInputError.ts';
import { entities } from '../resolvers/entities.ts';
import type { EntityReference } from '../resolvers/entities.ts';

import { callCost } from './cost.ts';
import { entityTypes, printSubgraph } from './printSubgraph.ts';

type Field<Args> = GraphQLFieldConfig<unknown, OperationContext, Args>;

/**
 * Adds the fields and types to a schema that Apollo Federation 2 requires of a subgraph
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
