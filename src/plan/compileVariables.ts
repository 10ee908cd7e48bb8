import { getVariableValues, isInputType, isNonNullType, typeFromAST, valueFromAST } from 'graphql';
import type { GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { compileInputCoercion, invalid } from './coerceInput.ts';
import type { InputCoercion } from './coerceInput.ts';

type Values = Readonly<Record<string, unknown>>;

/** The variables of an execution. */
export interface Variables {
  /** As the client sent them. */
  raw: Values;
  /** With the values that resolvers use, and with defaults. */
  coerced: Values;
}

export type VariablesCoercion = (raw: Values) => Variables | { errors: readonly GraphQLError[] };

/** Options of `getVariableValues`, for errors. */
export type CoercionOptions = NonNullable<Parameters<typeof getVariableValues>[3]>;

interface CompiledVariable {
  name: string;
  defaultValue: unknown;
  isRequired: boolean;
  coerce: InputCoercion;
}

/** Compiles `getVariableValues` for an operation. Its errors are those of graphql-js. */
export function compileVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  options?: CoercionOptions,
): VariablesCoercion {
  const variables = compileAll(schema, operation);
  return (raw) => {
    const coerced = variables && coerceAll(variables, raw);
    if (coerced) return { raw, coerced };
    const result = getVariableValues(schema, operation.variableDefinitions ?? [], raw, options);
    return result.errors ? { errors: result.errors } : { raw, coerced: result.coerced };
  };
}

/** Null if a type cannot be used for a variable. */
function compileAll(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): CompiledVariable[] | null {
  const compiled: CompiledVariable[] = [];
  for (const { variable, type: typeNode, defaultValue } of variableDefinitions) {
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) return null;
    compiled.push({
      name: variable.name.value,
      defaultValue: defaultValue && valueFromAST(defaultValue, type),
      isRequired: isNonNullType(type) && !defaultValue,
      coerce: compileInputCoercion(type),
    });
  }
  return compiled;
}

/** Null if they are invalid or unusual. */
function coerceAll(variables: readonly CompiledVariable[], raw: Values): Values | null {
  const coerced: Record<string, unknown> = {};
  for (const { name, defaultValue, isRequired, coerce } of variables) {
    if (Object.hasOwn(raw, name)) {
      const value = coerce(raw[name]);
      if (value === invalid) return null;
      coerced[name] = value;
    } else if (isRequired) return null;
    else if (defaultValue !== undefined) coerced[name] = defaultValue;
  }
  return coerced;
}
