import { checkJson } from './limits/checkJson.ts';
import { markInexactNumbers } from './markInexactNumbers.ts';

/**
 * A request's JSON as it may be parsed: not too much of it, and nothing in it that would be rounded.
 *
 * @throws GraphQLError
 */
export function readableJson(json: string, maxValues: number): string {
  checkJson(json, maxValues);
  return markInexactNumbers(json);
}
