import { Kind, getArgumentValues, isNonNullType, visit } from 'graphql';
import type { ArgumentNode, FieldNode, GraphQLArgument, GraphQLField } from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** The arguments of a field as a function of the coerced variables. @throws GraphQLError as graphql-js would */
export type FieldArguments = (variables: Values) => Values;

/** Arguments that do not depend on variables are coerced once, here. */
export function compileArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldArguments {
  const nodes = node.arguments ?? [];
  if (field.args.length === 0) return () => none;
  if (!nodes.some(usesVariables)) return compileConstant(field, node);
  // Variables inside lists or objects are rare, so graphql-js coerces arguments that have them.
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
  const all = field.args.flatMap(({ name, type, defaultValue }) => {
    const value = argumentNode(node, name)?.value;
    const variable = value?.kind === Kind.VARIABLE ? value.name.value : null;
    const isAbsent = variable === null && !Object.hasOwn(constants, name);
    return isAbsent
      ? []
      : [
          {
            name,
            variable,
            constant: variable === null ? constants[name] : defaultValue,
            isNonNull: isNonNullType(type),
          },
        ];
  });
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const { name, variable, constant, isNonNull } of all) {
      const value = variable !== null && Object.hasOwn(variables, variable) ? variables[variable] : constant;
      // Invalid: graphql-js throws the error.
      if (value == null && isNonNull) return getArgumentValues(field, node, variables);
      if (value !== undefined) values[name] = value;
    }
    return values;
  };
}

/** The arguments that are not variables, with the defaults of those that are absent. */
function constantsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Values {
  const isConstant = ({ name }: GraphQLArgument) => argumentNode(node, name)?.value.kind !== Kind.VARIABLE;
  return getArgumentValues({ ...field, args: field.args.filter(isConstant) }, node);
}

function argumentNode({ arguments: nodes = [] }: FieldNode, argument: string): ArgumentNode | undefined {
  return nodes.find(({ name }) => name.value === argument);
}

function usesVariables(node: ArgumentNode | ArgumentNode['value']): boolean {
  let found = false;
  visit(node, { Variable: () => void (found = true) });
  return found;
}
