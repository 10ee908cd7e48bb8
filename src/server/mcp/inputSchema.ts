import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  typeFromAST,
  valueFromASTUntyped,
} from 'graphql';
import type { GraphQLInputType, GraphQLSchema, OperationDefinitionNode } from 'graphql';

/** A JSON Schema of an object. */
export interface InputSchema {
  type: 'object';
  properties: Record<string, object>;
  required: string[];
  additionalProperties: false;
}

/** How values of the scalars are sent in JSON. */
const scalars: Readonly<Record<string, object>> = {
  Boolean: { type: 'boolean' },
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Decimal: { type: 'string', pattern: '^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?$' },
  Date: { type: 'string', format: 'date' },
  DateTime: { type: 'string', format: 'date-time' },
};

/**
 * The variables of an operation as a JSON Schema.
 *
 * @param alsoRequired variables that a call must have although the operation does not require them
 */
export function inputSchemaOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  schema: GraphQLSchema,
  alsoRequired: readonly string[],
): InputSchema {
  const required: string[] = [];
  const properties: [string, object][] = [];
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node) as GraphQLInputType;
    if ((isNonNullType(type) && !defaultValue) || alsoRequired.includes(name)) required.push(name);
    properties.push([name, { ...schemaOf(type), ...(defaultValue && { default: valueFromASTUntyped(defaultValue) }) }]);
  }
  return { type: 'object', properties: Object.fromEntries(properties), required, additionalProperties: false };
}

/** Ends because the input types of the schema are not recursive. */
function schemaOf(inputType: GraphQLInputType): object {
  const type = getNullableType(inputType);
  if (isListType(type)) return { type: 'array', items: schemaOf(type.ofType) };
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) };
  if (isScalarType(type)) return scalars[type.name] ?? { type: 'string' };
  if (!isInputObjectType(type)) return {};
  const fields = Object.values(type.getFields());
  return {
    type: 'object',
    description: type.description ?? undefined,
    properties: Object.fromEntries(
      fields.map(({ name, type: fieldType, description }) => [
        name,
        { ...schemaOf(fieldType), description: description ?? undefined },
      ]),
    ),
    required: fields.filter(({ type: fieldType }) => isNonNullType(fieldType)).map(({ name }) => name),
    additionalProperties: false,
    ...(type.isOneOf && { minProperties: 1, maxProperties: 1 }),
  };
}
