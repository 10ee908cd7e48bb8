import { errorTypeMap } from '@pothos/plugin-errors';
import type { GraphQLSchema } from 'graphql';

import type { OperationContext } from '../context.ts';

/** The schema, with mutations that note in the context what they were refused with: whether or not a client asks for it. */
export function wrapMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (!resolve) continue;
    field.resolve = async (root, args, context: OperationContext, info) => {
      const result: unknown = await resolve(root, args, context, info);
      // The errors plugin hands on errors in a guise of its own.
      if (typeof result === 'object' && result && errorTypeMap.has(result)) context.refusals.push(result as Error);
      return result;
    };
  }
  return schema;
}
