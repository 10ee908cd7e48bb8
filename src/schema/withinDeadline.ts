import type { GraphQLSchema } from 'graphql';

import type { OperationContext } from '../context.ts';
import { DeadlineExceededError } from '../errors/cancellation.ts';

/**
 * The schema, with mutations that begin nothing once their operation's time is up: those of one document are done one
 * after the other. One that has begun is carried through, and its answer says what became of it.
 */
export function withinDeadline(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (!resolve) continue;
    field.resolve = (root, args, context: OperationContext, info) => {
      const reason: unknown = context.signal?.reason;
      if (reason instanceof DeadlineExceededError) {
        throw new DeadlineExceededError(reason.deadlineMs, 'this was not begun, nothing was done');
      }
      return resolve(root, args, context, info);
    };
  }
  return schema;
}
