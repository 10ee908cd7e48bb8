import { GraphQLError, Kind, OperationTypeNode, SingleFieldSubscriptionsRule } from 'graphql';
import type {
  ASTVisitor,
  DirectiveNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
  ValidationContext,
} from 'graphql';

const conditional = new Set(['skip', 'include']);

/**
 * `SingleFieldSubscriptionsRule` with an addition from the draft specification: `@skip` and `@include` are not allowed
 * on the root field of a subscription (https://spec.graphql.org/draft/#sec-Single-Root-Field). The rule of graphql-js
 * 16 throws when such a directive has a variable.
 */
export function unconditionalSubscriptions(context: ValidationContext): ASTVisitor {
  const { OperationDefinition: checkSingleField } = SingleFieldSubscriptionsRule(context) as {
    OperationDefinition: (operation: OperationDefinitionNode) => void;
  };
  return {
    OperationDefinition: (operation) => {
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
      const condition = findCondition(operation.selectionSet, context, new Set());
      if (condition) context.reportError(refusalOf(condition, operation));
      else checkSingleField(operation);
    },
  };
}

/** Finds the first condition of a root field, also inside fragments. Each fragment is visited once. */
function findCondition(
  { selections }: SelectionSetNode,
  context: ValidationContext,
  visited: Set<FragmentDefinitionNode>,
): DirectiveNode | null {
  for (const selection of selections) {
    const own = selection.directives?.find(({ name }) => conditional.has(name.value));
    if (own) return own;
    if (selection.kind === Kind.FIELD) continue;
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? context.getFragment(selection.name.value) : selection;
    if (!fragment || (fragment.kind === Kind.FRAGMENT_DEFINITION && visited.has(fragment))) continue;
    if (fragment.kind === Kind.FRAGMENT_DEFINITION) visited.add(fragment);
    const inner = findCondition(fragment.selectionSet, context, visited);
    if (inner) return inner;
  }
  return null;
}

function refusalOf(condition: DirectiveNode, { name }: OperationDefinitionNode): GraphQLError {
  const subscription = name ? `Subscription "${name.value}"` : 'Anonymous Subscription';
  const message = `${subscription} must not use "@${condition.name.value}" on its top level field.`;
  return new GraphQLError(message, { nodes: condition });
}
