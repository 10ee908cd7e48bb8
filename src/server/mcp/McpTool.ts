import type { InputSchema } from './inputSchema.ts';

/** An operation of a document that agents may call. */
export interface McpTool {
  name: string;
  description: string;
  /** The variables of the operation. */
  inputSchema: InputSchema;
  query: string;
  operationName: string | undefined;
  isMutation: boolean;
  /** Variables that hold idempotency keys: a call without one could not be repeated safely. */
  keys: readonly string[];
  /** Whether it is offered only to principals whose amounts are capped. */
  needsCap: boolean;
}
