import { Kind, getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';

import { compileArguments } from './compileArguments.ts';

type Values = Readonly<Record<string, unknown>>;

/** The cost of an operation as a function of its coerced variables. @throws GraphQLError for invalid arguments */
export type OperationCost = (variables: Values) => number;

/** The cost of a part of an operation: a number if it does not depend on variables. */
type Cost = number | OperationCost;

/** The `complexity` of a field, as Pothos's complexity plugin stores it in the field's extensions. */
interface FieldCost {
  field: number;
  multiplier: number;
}

/** The plugin's defaults, for fields that declare no cost. */
const [defaultField, defaultListMultiplier] = [1, 10];

interface Scope {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The costs computed so far, by selection set and type: a fragment may be spread many times. */
  costs: Map<SelectionSetNode, Map<GraphQLNamedType, Cost>>;
}

/**
 * Compiles the highest possible cost of a validated operation. The cost is the one that Pothos's complexity plugin
 * computes by walking the document for each request. Fields that `@skip` or `@include` exclude count too.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationCost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const rootType = schema.getRootType(operation.operation);
  const cost = rootType ? costOfSet({ schema, fragments, costs: new Map() }, operation.selectionSet, rootType) : 0;
  return typeof cost === 'number' ? () => cost : cost;
}

function costOfSet(scope: Scope, set: SelectionSetNode, type: GraphQLNamedType): Cost {
  const costs = scope.costs.get(set) ?? new Map<GraphQLNamedType, Cost>();
  scope.costs.set(set, costs);
  const cost = costs.get(type) ?? sum(set.selections.map((selection) => costOfSelection(scope, selection, type)));
  costs.set(type, cost);
  return cost;
}

function costOfSelection(scope: Scope, selection: SelectionNode, type: GraphQLNamedType): Cost {
  if (selection.kind === Kind.FIELD) return costOfField(scope, selection, type);
  const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? scope.fragments.get(selection.name.value) : selection;
  if (!fragment) return 0;
  const { typeCondition, selectionSet } = fragment;
  const fragmentType = typeCondition ? scope.schema.getType(typeCondition.name.value) : type;
  return costOfSet(scope, selectionSet, fragmentType ?? type);
}

function costOfField(scope: Scope, node: FieldNode, type: GraphQLNamedType): Cost {
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
  if (!field) return defaultField;
  const selected = node.selectionSet ? costOfSet(scope, node.selectionSet, getNamedType(field.type)) : 0;
  const declared: unknown = field.extensions['complexity'];
  if (!isCostFunction(declared)) return times(fieldCost(field, declared), selected);
  const argumentsOf = compileArguments(field, node);
  return (variables) => {
    const own = fieldCost(field, declared(argumentsOf(variables), {}, field));
    return own.field + (typeof selected === 'number' ? selected : selected(variables)) * own.multiplier;
  };
}

function isCostFunction(declared: unknown): declared is (args: Values, context: object, field: unknown) => unknown {
  return typeof declared === 'function';
}

function fieldCost(field: GraphQLField<unknown, unknown>, declared: unknown): FieldCost {
  const multiplier = isListType(getNullableType(field.type)) ? defaultListMultiplier : 1;
  if (typeof declared === 'number') return { field: declared, multiplier };
  const { field: own = defaultField, multiplier: times = multiplier } = { ...(declared as Partial<FieldCost>) };
  return { field: own, multiplier: Math.max(times, 0) };
}

function times({ field, multiplier }: FieldCost, selected: Cost): Cost {
  if (typeof selected === 'number') return field + selected * multiplier;
  return (variables) => field + selected(variables) * multiplier;
}

function sum(costs: readonly Cost[]): Cost {
  let constant = 0;
  const others: OperationCost[] = [];
  for (const cost of costs) {
    if (typeof cost === 'number') constant += cost;
    else others.push(cost);
  }
  if (others.length === 0) return constant;
  return (variables) => others.reduce((total, cost) => total + cost(variables), constant);
}
