import type { GraphQLLeafType } from 'graphql';

/**
 * Thrown while a result is written when a value is not what a valid result consists of. graphql-js then executes the
 * operation, and decides what the result is.
 */
export class Anomaly extends Error {
  override readonly name = 'Anomaly';
}

/** One for all, since its stack would cost more than the text that is discarded. */
export const anomaly = new Anomaly('the value is not written');

export function fail(): never {
  throw anomaly;
}

/** The value of a scalar or an enum in the result, for values that generated code does not check itself. */
export function leafOf(value: unknown, type: GraphQLLeafType): unknown {
  if (value == null || typeof value === 'function' || value instanceof Error || isPromise(value)) fail();
  return serialized(type.serialize(value));
}

/** Null stands for a value that must not be null, and JSON has no text for some others. */
export function serialized(value: unknown): unknown {
  return value == null || typeof value === 'function' || typeof value === 'symbol' ? fail() : value;
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
