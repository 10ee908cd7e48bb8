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
 * The rule on a subscription's root field, with what the newer specification adds: `@skip` and `@include` are refused
 * there, since without the field there would be nothing to subscribe to
 * (https://spec.graphql.org/draft/#sec-Single-Root-Field). graphql 16 throws in its own rule where one has a variable.
 */
export function unconditionalSubscriptions(context: ValidationContext): ASTVisitor {
  const { OperationDefinition: checkSingleField } = SingleFieldSubscriptionsRule(context) as {
    OperationDefinition: (operation: OperationDefinitionNode) => void;
  };
  return {
    OperationDefinition: (operation) => {
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
      const condition = conditionIn(operation.selectionSet, context, new Set());
      if (condition) context.reportError(refusalOf(condition, operation));
      else checkSingleField(operation);
    },
  };
}

/** The first one among the root selections, through whatever fragments; each fragment is looked through once. */
function conditionIn(
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
    const inner = conditionIn(fragment.selectionSet, context, visited);
    if (inner) return inner;
  }
  return null;
}

function refusalOf(condition: DirectiveNode, { name }: OperationDefinitionNode): GraphQLError {
  const subscription = name ? `Subscription "${name.value}"` : 'Anonymous Subscription';
  const message = `${subscription} must not use "@${condition.name.value}" on its top level field.`;
  return new GraphQLError(message, { nodes: condition });
}
