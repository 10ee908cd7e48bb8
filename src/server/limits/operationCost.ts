import { complexityFromQuery } from '@pothos/plugin-complexity';
import { Kind, getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs } from 'graphql';

interface Priced {
  /** The document with this operation alone. */
  document: DocumentNode;
  /** Null where variables may change it. */
  cost: number | null;
}

const known = new WeakMap<DocumentNode, Map<string, Priced>>();

/** What a valid operation costs at most with variables that hold, as the fields of the schema say in their `complexity`. */
export function operationCost({ schema, document, operationName, variableValues }: ExecutionArgs): number {
  const priced = pricedOf(document, operationName ?? '');
  if (!priced) return 0;
  if (priced.cost !== null) return priced.cost;
  const { complexity } = complexityFromQuery(priced.document, { schema, variables: { ...variableValues } });
  if (!hasVariables(priced.document)) priced.cost = complexity;
  return complexity;
}

function pricedOf(document: DocumentNode, operationName: string): Priced | null {
  const operations = known.get(document) ?? new Map<string, Priced>();
  known.set(document, operations);
  const found = operations.get(operationName);
  if (found) return found;
  const operation = getOperationAST(document, operationName === '' ? null : operationName);
  if (!operation) return null;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const priced: Priced = { document: { ...document, definitions: [operation, ...fragments] }, cost: null };
  operations.set(operationName, priced);
  return priced;
}

function hasVariables({ definitions: [operation] }: DocumentNode): boolean {
  return operation?.kind === Kind.OPERATION_DEFINITION && (operation.variableDefinitions ?? []).length > 0;
}
