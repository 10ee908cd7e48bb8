import { JsonNumber } from '../../domain/JsonNumber.ts';
import { readJson } from '../../domain/readJson.ts';

import { checkJson } from './checkJson.ts';

/**
 * Reads JSON that a client sent, on whatever transport: not too much of it, and no number in it is rounded.
 *
 * @param maxValues in lists and objects, all counted
 * @throws GraphQLError when it is too much, SyntaxError when it is no JSON
 */
export function readRequestJson(json: string, maxValues: number): unknown {
  checkJson(json, maxValues);
  return readJson(json);
}

/**
 * An operation's parameters. One that is a number where an object or a text is expected must be seen to be a number:
 * `{"variables": 1.5}` would else pass for an object with variables.
 */
export function asParameters(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const numbers = Object.entries(value).filter(([, member]) => member instanceof JsonNumber);
  if (numbers.length === 0) return value;
  return { ...value, ...Object.fromEntries(numbers.map(([name, number]) => [name, Number(number)])) };
}
