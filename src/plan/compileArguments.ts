import {
  Kind,
  getArgumentValues,
  getNullableType,
  isInputObjectType,
  isNonNullType,
  valueFromAST,
  visit,
} from 'graphql';
import type {
  ArgumentNode,
  FieldNode,
  GraphQLArgument,
  GraphQLField,
  GraphQLInputField,
  GraphQLInputType,
  ObjectFieldNode,
  ValueNode,
} from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** The arguments of a field as a function of the coerced variables. @throws GraphQLError as graphql-js would */
export type FieldArguments = (variables: Values) => Values;

/** Arguments that do not depend on variables are coerced once, here. */
export function compileArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldArguments {
  const nodes = node.arguments ?? [];
  if (field.args.length === 0) return () => none;
  if (!nodes.some(({ value }) => usesVariables(value))) return compileConstant(field, node);
  const valuesOf = compileValues(field.args, nodes);
  // graphql-js coerces what isn't compiled, and throws the errors of what is invalid.
  return (variables) => valuesOf?.(variables) ?? getArgumentValues(field, node, variables);
}

const none: Values = Object.freeze({});

/** One object for all calls. Invalid arguments are reported by each call. */
function compileConstant(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldArguments {
  try {
    const values = Object.freeze(getArgumentValues(field, node));
    return () => values;
  } catch {
    return () => getArgumentValues(field, node);
  }
}

/** A coerced value; undefined if it is absent or invalid. */
type ValueOf = (variables: Values) => unknown;

/**
 * The values of arguments, or of the fields of an input object, as a function that returns null if one is invalid.
 *
 * @returns null if variables stand where they are not compiled: inside a list, or inside a `oneOf` input object
 */
function compileValues(
  inputs: readonly (GraphQLArgument | GraphQLInputField)[],
  nodes: readonly (ArgumentNode | ObjectFieldNode)[],
): ((variables: Values) => Values | null) | null {
  const all: { name: string; valueOf: ValueOf; default: unknown; isOptional: boolean; mayBeAbsent: boolean }[] = [];
  for (const input of inputs) {
    const value = nodes.find(({ name }) => name.value === input.name)?.value;
    const valueOf = value ? compileValue(value, input.type) : () => undefined;
    if (!valueOf) return null;
    all.push({
      name: input.name,
      valueOf,
      default: input.defaultValue,
      isOptional: !isNonNullType(input.type),
      mayBeAbsent: !value || value.kind === Kind.VARIABLE,
    });
  }
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const input of all) {
      let value = input.valueOf(variables);
      // Only what is absent has the default.
      if (value === undefined && input.mayBeAbsent) value = input.default;
      if (value == null && !(input.isOptional && (value === null || input.mayBeAbsent))) return null;
      if (value !== undefined) values[input.name] = value;
    }
    return values;
  };
}

/** @returns null if the value has variables where they are not compiled */
function compileValue(node: ValueNode, type: GraphQLInputType): ValueOf | null {
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value;
    return (variables) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
  }
  if (!usesVariables(node)) {
    const constant: unknown = valueFromAST(node, type);
    return () => constant;
  }
  const inner = getNullableType(type);
  if (node.kind !== Kind.OBJECT || !isInputObjectType(inner) || inner.isOneOf) return null;
  const valuesOf = compileValues(Object.values(inner.getFields()), node.fields);
  return valuesOf && ((variables) => valuesOf(variables) ?? undefined);
}

function usesVariables(node: ValueNode): boolean {
  let found = false;
  visit(node, { Variable: () => void (found = true) });
  return found;
}
