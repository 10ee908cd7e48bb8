import { isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import type { GraphQLInputObjectType, GraphQLInputType, GraphQLLeafType } from 'graphql';

/** Returned by an `InputCoercion` for a value that it does not coerce. */
export const invalid = Symbol('invalid');

/**
 * Coerces a JSON value to an input type. Returns `invalid` for invalid values, and for iterables other than arrays,
 * which graphql-js accepts but JSON does not have.
 */
export type InputCoercion = (value: unknown) => unknown;

/** The coercions that were compiled so far: input types may be recursive. */
type Compiled = Map<GraphQLInputType, InputCoercion>;

/** @param compiled the coercions of types that were compiled before */
export function compileInputCoercion(type: GraphQLInputType, compiled: Compiled = new Map()): InputCoercion {
  const found = compiled.get(type);
  if (found) return found;
  let coercion: InputCoercion | null = null;
  compiled.set(type, (value) => (coercion ??= compile(type, compiled))(value));
  coercion = compile(type, compiled);
  compiled.set(type, coercion);
  return coercion;
}

function compile(type: GraphQLInputType, compiled: Compiled): InputCoercion {
  if (isNonNullType(type)) {
    const inner = compileInputCoercion(type.ofType, compiled);
    return (value) => (value == null ? invalid : inner(value));
  }
  if (isListType(type)) return listCoercion(compileInputCoercion(type.ofType, compiled));
  return isInputObjectType(type) ? objectCoercion(type, compiled) : leafCoercion(type);
}

function listCoercion(item: InputCoercion): InputCoercion {
  return (value) => {
    if (value == null) return null;
    if (!Array.isArray(value)) {
      // Left to graphql-js, which coerces any iterable to a list.
      if (typeof value === 'object' && Symbol.iterator in value) return invalid;
      const only = item(value);
      return only === invalid ? invalid : [only];
    }
    const items: unknown[] = [];
    for (const each of value as unknown[]) {
      const coerced = item(each);
      if (coerced === invalid) return invalid;
      items.push(coerced);
    }
    return items;
  };
}

function objectCoercion(type: GraphQLInputObjectType, compiled: Compiled): InputCoercion {
  const definitions = type.getFields();
  const fields = Object.values(definitions).map(({ name, type: fieldType, defaultValue }) => {
    const isRequired = isNonNullType(fieldType) && defaultValue === undefined;
    return { name, defaultValue, isRequired, coerce: compileInputCoercion(fieldType, compiled) };
  });
  return (value) => {
    if (value == null) return null;
    if (!isRecord(value)) return invalid;
    for (const name in value) if (definitions[name] === undefined) return invalid;
    const object: Record<string, unknown> = {};
    let count = 0;
    for (const { name, defaultValue, isRequired, coerce } of fields) {
      const given = value[name];
      if (given === undefined && isRequired) return invalid;
      const coerced: unknown = given === undefined ? defaultValue : coerce(given);
      if (coerced === invalid || (coerced === null && type.isOneOf)) return invalid;
      if (coerced === undefined) continue;
      object[name] = coerced;
      count += 1;
    }
    return type.isOneOf && count !== 1 ? invalid : object;
  };
}

function leafCoercion(type: GraphQLLeafType): InputCoercion {
  return (value) => {
    if (value == null) return null;
    try {
      const parsed: unknown = isEnumType(type) ? type.parseValue(value) : type.parseValue(value);
      return parsed === undefined ? invalid : parsed;
    } catch {
      return invalid;
    }
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
