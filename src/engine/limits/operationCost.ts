import { complexityFromQuery } from '@pothos/plugin-complexity';
import { Kind, getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs } from 'graphql';

interface PricedOperation {
  /** The document without its other operations. */
  document: DocumentNode;
  /** Null if it depends on variables. */
  cost: number | null;
}

const pricedOperations = new WeakMap<DocumentNode, Map<string, PricedOperation>>();

/** The highest cost of a valid operation with valid variables, by the `complexity` of the schema's fields. */
export function operationCost({ schema, document, operationName, variableValues }: ExecutionArgs): number {
  const priced = pricedOf(document, operationName ?? '');
  if (!priced) return 0;
  if (priced.cost !== null) return priced.cost;
  const { complexity } = complexityFromQuery(priced.document, { schema, variables: { ...variableValues } });
  if (!hasVariables(priced.document)) priced.cost = complexity;
  return complexity;
}

function pricedOf(document: DocumentNode, operationName: string): PricedOperation | null {
  const operations = pricedOperations.get(document) ?? new Map<string, PricedOperation>();
  pricedOperations.set(document, operations);
  const found = operations.get(operationName);
  if (found) return found;
  const operation = getOperationAST(document, operationName === '' ? null : operationName);
  if (!operation) return null;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const priced: PricedOperation = { document: { ...document, definitions: [operation, ...fragments] }, cost: null };
  operations.set(operationName, priced);
  return priced;
}

function hasVariables({ definitions: [operation] }: DocumentNode): boolean {
  return operation?.kind === Kind.OPERATION_DEFINITION && (operation.variableDefinitions ?? []).length > 0;
}
