import { errorTypeMap } from '@pothos/plugin-errors';
import type { GraphQLSchema } from 'graphql';

import type { OperationContext } from '../context.ts';
import { DeadlineExceededError } from '../errors/cancellation.ts';

/**
 * Wraps the resolver of each mutation. A mutation that has not started when the deadline of its operation has passed
 * fails without doing anything. A write that has been sent always completes, and its result shows the outcome. Refusals
 * are recorded in the context, whether or not the client selects them.
 */
export function wrapMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (!resolve) continue;
    field.resolve = async (root, args, context: OperationContext, info) => {
      const reason: unknown = context.signal?.reason;
      if (reason instanceof DeadlineExceededError) {
        throw new DeadlineExceededError(reason.deadlineMs, 'this mutation was not started, nothing was done');
      }
      const result: unknown = await resolve(root, args, context, info);
      // The errors plugin returns errors wrapped in a proxy and keeps the proxies in this map.
      if (typeof result === 'object' && result && errorTypeMap.has(result)) context.refusals.push(result as Error);
      return result;
    };
  }
  return schema;
}
