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

/** What JSON escapes: quotes, backslashes, control characters, and halves of surrogate pairs. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The JSON text of a string. */
export function quote(value: string): string {
  return escaped.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/** The JSON text of the value of a scalar or an enum, for values that generated code does not write itself. */
export function leafText(value: unknown, type: GraphQLLeafType): string {
  if (value == null || typeof value === 'function' || value instanceof Error || isPromise(value)) fail();
  const serialized: unknown = type.serialize(value);
  if (typeof serialized === 'string') return quote(serialized);
  // Null stands for a value that must not be null, and JSON has no text for some others.
  return serialized == null || typeof serialized === 'function' ? fail() : JSON.stringify(serialized);
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
