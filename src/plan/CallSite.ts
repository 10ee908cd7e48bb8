import { defaultFieldResolver, isNonNullType } from 'graphql';
import type { FieldNode, GraphQLField, GraphQLFieldResolver, GraphQLObjectType } from 'graphql';

import { compileArguments } from './compileArguments.ts';
import type { FieldArguments } from './compileArguments.ts';

/** A field of an operation whose resolver must be called: at most once for each place in the result. */
export class CallSite {
  readonly key: string;
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly isNullable: boolean;
  readonly argumentsOf: FieldArguments;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;

  constructor(key: string, parentType: GraphQLObjectType, nodes: readonly [FieldNode, ...FieldNode[]]) {
    const field = parentType.getFields()[nodes[0].name.value];
    if (!field) throw new TypeError(`${parentType.name} has no field ${nodes[0].name.value}`);
    this.key = key;
    this.parentType = parentType;
    this.field = field;
    this.nodes = nodes;
    this.isNullable = !isNonNullType(field.type);
    this.argumentsOf = compileArguments(field, nodes[0]);
    this.resolve = field.resolve ?? defaultFieldResolver;
  }
}
