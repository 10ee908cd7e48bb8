import type { GraphQLSchema } from 'graphql';

import type { OperationContext } from '../context.ts';

/** The schema, with mutations that note in the context what they were refused with: whether or not a client asks for it. */
export function notingRefusals(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (!resolve) continue;
    field.resolve = async (root, args, context: OperationContext, info) => {
      const result: unknown = await resolve(root, args, context, info);
      if (result instanceof Error) context.refusals.push(result);
      return result;
    };
  }
  return schema;
}
