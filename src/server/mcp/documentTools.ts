import { Kind, OperationTypeNode, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { DocumentNode, FieldNode, GraphQLField, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { inputSchemaOf } from './inputSchema.ts';
import type { InputSchema } from './inputSchema.ts';

const keyArgument = 'idempotencyKey';
/** Names of tools that all MCP clients accept. */
const namePattern = /^[\w-]{1,64}$/;

/** An operation that agents may call. */
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

/** The root fields that an operation calls. */
interface Calls {
  fields: GraphQLField<unknown, unknown>[];
  /** Variables that hold idempotency keys. */
  keys: string[];
  /** Whether each create takes its key from a variable of its own. */
  isSafe: boolean;
}

/**
 * Returns a tool for each query and mutation of trusted documents. A mutation whose idempotency key is missing or fixed
 * is left out: without a key, a repeated call would create another journal; with a fixed key, only the first call would
 * create one.
 *
 * @param documents valid documents by their ids
 */
export function toolsOf(documents: Iterable<readonly [id: string, text: string]>, schema: GraphQLSchema): McpTool[] {
  const tools: McpTool[] = [];
  for (const [id, query] of documents) {
    const document = parse(query);
    for (const operation of document.definitions) {
      if (operation.kind !== Kind.OPERATION_DEFINITION || operation.operation === OperationTypeNode.SUBSCRIPTION)
        continue;
      const calls = callsOf(operation, document, schema);
      const operationName = operation.name?.value;
      const given = operationName ?? id;
      const isTaken = tools.some(({ name }) => name === given);
      const name = isTaken ? `${given}-${id.replace(/^sha256:/, '').slice(0, 8)}` : given;
      if (!calls.isSafe || !namePattern.test(name)) continue;
      tools.push({
        name,
        description: calls.fields.map((field) => `${field.name}: ${field.description ?? ''}`).join('\n'),
        inputSchema: inputSchemaOf(operation, schema, calls.keys),
        query,
        operationName,
        isMutation: operation.operation === OperationTypeNode.MUTATION,
        keys: calls.keys,
        needsCap: false,
      });
    }
  }
  return tools;
}

/** The root fields of an operation, including those in fragments. */
function callsOf(operation: OperationDefinitionNode, document: DocumentNode, schema: GraphQLSchema): Calls {
  const root = operation.operation === OperationTypeNode.MUTATION ? schema.getMutationType() : schema.getQueryType();
  const calls: Calls = { fields: [], keys: [], isSafe: true };
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const types = new TypeInfo(schema);
  const note = (node: FieldNode) => {
    const field = types.getFieldDef();
    if (!field || types.getParentType() !== root) return;
    calls.fields.push(field);
    if (!field.args.some(({ name }) => name === keyArgument)) return;
    const value = node.arguments?.find(({ name }) => name.value === keyArgument)?.value;
    if (value?.kind === Kind.VARIABLE) calls.keys.push(value.name.value);
    else calls.isSafe = false;
  };
  visit({ ...document, definitions: [operation, ...fragments] }, visitWithTypeInfo(types, { Field: note }));
  // Two creates with the same key would create one journal.
  if (new Set(calls.keys).size < calls.keys.length) calls.isSafe = false;
  return calls;
}
