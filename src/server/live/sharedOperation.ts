import { Kind, parse, print, separateOperations, visit } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, SelectionNode } from 'graphql';

/** What of a subscription decides how an event is shown: two that have it in common are shown the same. */
export interface SharedOperation {
  /** Without the arguments of its field, which say whose events a subscriber wants and from where, and not how they look. */
  document: DocumentNode;
  /** The document as text, however it was spelled. */
  text: string;
  /** The variables that it still has. */
  variableNames: readonly string[];
}

/** By the documents that the parser's cache keeps, and the operations in them. */
const known = new WeakMap<DocumentNode, Map<string, SharedOperation | null>>();

/**
 * Null for what can't be shared: the schema has to say in the field's `extensions.shared` that what an event shows depends
 * on nothing but the operation, its variables and the rights of who asks.
 */
export function sharedOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): SharedOperation | null {
  const operations = known.get(document) ?? new Map<string, SharedOperation | null>();
  known.set(document, operations);
  const name = operationName ?? '';
  const found = operations.get(name);
  if (found !== undefined) return found;
  const shared = read(schema, document, name);
  operations.set(name, shared);
  return shared;
}

function read(schema: GraphQLSchema, document: DocumentNode, name: string): SharedOperation | null {
  const operations = separateOperations(document);
  const alone = name === '' ? Object.values(operations)[0] : operations[name];
  const operation = alone?.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!alone || !operation || !isShared(schema, operation)) return null;
  const bare = withoutArguments(alone);
  const used = variablesUsedIn(bare);
  const text = print(withVariables(bare, used));
  // Without places: in documents that are spelled differently they would be wrong for all but one.
  return { document: parse(text, { noLocation: true }), text, variableNames: [...used] };
}

/** One field, spelled out, and no directive that could say anything about it. */
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
