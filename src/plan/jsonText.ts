import type { GraphQLLeafType } from 'graphql';

/**
 * Thrown while a result is written, for a value that generated code can't complete, such as an error, or null for a
 * non-null type. graphql-js then executes the operation and decides what the result is.
 */
export class Anomaly extends Error {
  override readonly name = 'Anomaly';
}

/** Always the same error, since capturing a stack would cost more than the text that is discarded. */
export const anomaly = new Anomaly('the value is not written');

export function fail(): never {
  throw anomaly;
}

/** Returns the result of a scalar or an enum, for values that generated code does not check itself. */
export function leafOf(value: unknown, type: GraphQLLeafType): unknown {
  if (value == null || typeof value === 'function' || value instanceof Error || isPromise(value)) fail();
  return serialized(type.serialize(value));
}

/** Returns a serialized leaf. Fails if it is null, which a leaf with a value must not be, or has no JSON text. */
export function serialized(value: unknown): unknown {
  return value == null || typeof value === 'function' || typeof value === 'symbol' ? fail() : value;
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
