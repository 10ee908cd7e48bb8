import { Kind, parse, print, separateOperations, visit } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, SelectionNode } from 'graphql';

/** The part of a subscription that decides how an event is shown. Two subscriptions that share it get equal results. */
export interface SharedOperation {
  /** Without the arguments of the root field: they select events, but do not change how one is shown. */
  document: DocumentNode;
  /** The document in normalised form. */
  text: string;
  /** The variables that the document still uses. */
  variableNames: readonly string[];
}

/** By document, which `Plans` keeps, and operation name. */
const cache = new WeakMap<DocumentNode, Map<string, SharedOperation | null>>();

/**
 * Returns the shared part of a subscription; null if its executions can't be shared. They can if `extensions.shared` of
 * its root field is true: the result for an event then depends only on the operation, its variables and the rights of
 * the principal.
 */
export function sharedOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): SharedOperation | null {
  const operations = cache.get(document) ?? new Map<string, SharedOperation | null>();
  cache.set(document, operations);
  const name = operationName ?? '';
  const found = operations.get(name);
  if (found !== undefined) return found;
  const shared = reduce(schema, document, name);
  operations.set(name, shared);
  return shared;
}

function reduce(schema: GraphQLSchema, document: DocumentNode, name: string): SharedOperation | null {
  const operations = separateOperations(document);
  const alone = name === '' ? Object.values(operations)[0] : operations[name];
  const operation = alone?.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!alone || !operation || !isShared(schema, operation)) return null;
  const bare = withoutArguments(alone);
  const used = variablesUsedIn(bare);
  const text = print(withVariables(bare, used));
  // Locations differ between the documents that share the operation.
  return { document: parse(text, { noLocation: true }), text, variableNames: [...used] };
}

/** Whether the only selection is a field that is marked `shared`. No directives are allowed. */
function isShared(schema: GraphQLSchema, { selectionSet, directives = [] }: OperationDefinitionNode): boolean {
  const [field, ...others] = selectionSet.selections;
  if (field?.kind !== Kind.FIELD || others.length > 0) return false;
  if (directives.length > 0 || (field.directives ?? []).length > 0) return false;
  return schema.getSubscriptionType()?.getFields()[field.name.value]?.extensions['shared'] === true;
}

function withoutArguments(document: DocumentNode): DocumentNode {
  const bare = (selection: SelectionNode) =>
    selection.kind === Kind.FIELD ? { ...selection, arguments: [] } : selection;
  return visit(document, {
    OperationDefinition: ({ selectionSet, ...operation }) => ({
      ...operation,
      selectionSet: { ...selectionSet, selections: selectionSet.selections.map(bare) },
    }),
  });
}

function variablesUsedIn(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void names.add(name.value),
  });
  return names;
}

function withVariables(document: DocumentNode, names: ReadonlySet<string>): DocumentNode {
  return visit(document, {
    VariableDefinition: ({ variable }) => (names.has(variable.name.value) ? undefined : null),
  });
}
