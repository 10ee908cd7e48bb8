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

/** Compiles the arguments of a field. Arguments without variables are coerced only once, at compilation. */
export function compileArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldArguments {
  const nodes = node.arguments ?? [];
  if (field.args.length === 0) return () => none;
  if (!nodes.some(({ value }) => usesVariables(value))) return compileConstant(field, node);
  const valuesOf = compileValues(field.args, nodes);
  // graphql-js coerces arguments that can't be compiled, and throws the errors of invalid ones.
  return (variables) => valuesOf?.(variables) ?? getArgumentValues(field, node, variables);
}

const none: Values = Object.freeze({});

/** Coerces arguments without variables once; all calls return the same object. Invalid arguments throw at each call. */
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
 * Compiles the values of arguments, or of the fields of an input object. The compiled function returns null if a value
 * is invalid.
 *
 * @returns null if a variable can't be compiled because it is inside a list or a `oneOf` input object
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
      // An absent value has the default, an invalid one does not.
      if (value === undefined && input.mayBeAbsent) value = input.default;
      if (value == null && !(input.isOptional && (value === null || input.mayBeAbsent))) return null;
      if (value !== undefined) values[input.name] = value;
    }
    return values;
  };
}

/** @returns null if the value has a variable that can't be compiled */
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
