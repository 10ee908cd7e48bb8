import { getVariableValues, isInputType, isNonNullType, typeFromAST, valueFromAST } from 'graphql';
import type { GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { compileInputCoercion, invalid } from './coerceInput.ts';
import type { InputCoercion } from './coerceInput.ts';

type Values = Readonly<Record<string, unknown>>;

/** The variables of an execution. */
export interface Variables {
  /** As the client sent them. */
  raw: Values;
  /** Coerced to the types of the variables, with defaults. */
  coerced: Values;
}

export type VariablesCoercion = (raw: Values) => Variables | { errors: readonly GraphQLError[] };

/** The options of `getVariableValues`, which limit its errors. */
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

/** @returns null if a variable's type is not an input type */
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

/**
 * @returns null if graphql-js must coerce the variables, because a required value is missing, or because a value is
 *   invalid or an iterable other than an array
 */
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
