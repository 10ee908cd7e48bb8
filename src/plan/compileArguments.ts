import { Kind, getArgumentValues, isNonNullType, visit } from 'graphql';
import type { ArgumentNode, FieldNode, GraphQLArgument, GraphQLField } from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** The arguments of a field as a function of the coerced variables. @throws GraphQLError as graphql-js would */
export type FieldArguments = (variables: Values) => Values;

/** Coerces what does not depend on variables once. */
export function compileArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldArguments {
  const nodes = node.arguments ?? [];
  if (field.args.length === 0) return () => none;
  if (!nodes.some(usesVariables)) return compileConstant(field, node);
  // A variable inside of a list or an object is rare, and not worth code of its own.
  const isSimple = nodes.every(({ value }) => value.kind === Kind.VARIABLE || !usesVariables(value));
  return isSimple ? compileSimple(field, node) : (variables) => getArgumentValues(field, node, variables);
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

/** Every argument is a constant or a variable. */
function compileSimple(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldArguments {
  const constants = constantsOf(field, node);
  const variableArguments = field.args.flatMap((argument) => {
    const value = argumentNode(node, argument)?.value;
    return value?.kind === Kind.VARIABLE ? [{ argument, variable: value.name.value }] : [];
  });
  return (variables) => {
    const values: Record<string, unknown> = { ...constants };
    for (const { argument, variable } of variableArguments) {
      const value = Object.hasOwn(variables, variable) ? variables[variable] : argument.defaultValue;
      if (value === undefined && !isNonNullType(argument.type)) continue;
      // Has an error, which graphql-js words.
      if (value == null && isNonNullType(argument.type)) return getArgumentValues(field, node, variables);
      values[argument.name] = value;
    }
    return values;
  };
}

/** The arguments that are not variables, with the defaults of those that are absent. */
function constantsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Values {
  const isConstant = (argument: GraphQLArgument) => argumentNode(node, argument)?.value.kind !== Kind.VARIABLE;
  const constantField = { ...field, args: field.args.filter(isConstant) };
  return getArgumentValues(constantField, node);
}

function argumentNode({ arguments: nodes = [] }: FieldNode, { name }: GraphQLArgument): ArgumentNode | undefined {
  return nodes.find((node) => node.name.value === name);
}

function usesVariables(node: ArgumentNode | ArgumentNode['value']): boolean {
  let found = false;
  visit(node, { Variable: () => void (found = true) });
  return found;
}
