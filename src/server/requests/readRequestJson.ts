import { endOfJsonString, JsonNumber, readJson } from '../../domain/readJson.ts';
import { limitExceeded, nestedTooDeeply } from '../../errors/limitErrors.ts';

/**
 * Maximum depth, more than any input of the schema needs. Code that writes or compares values recurses at every level.
 */
const maxNesting = 200;

const [quote, comma, openBracket, closeBracket, openBrace, closeBrace] = [34, 44, 91, 93, 123, 125];

/**
 * Reads JSON that a client sent on any transport. Numbers are not rounded.
 *
 * @param maxValues maximum number of values in all lists and objects together
 * @throws GraphQLError when there are too many values or levels
 * @throws SyntaxError when it is not JSON
 */
export function readRequestJson(json: string, maxValues: number): unknown {
  checkJson(json, maxValues);
  return readJson(json);
}

/**
 * Converts parameters that are a `JsonNumber` to numbers, so that `{"variables": 1.5}` is refused: a `JsonNumber` would
 * pass for an object with variables.
 */
export function asParameters(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (!hasNumber(value)) return value;
  const numbers = Object.entries(value).filter(([, member]) => member instanceof JsonNumber);
  return { ...value, ...Object.fromEntries(numbers.map(([name, number]) => [name, Number(number)])) };
}

function hasNumber(value: object): boolean {
  for (const name in value) if ((value as Record<string, unknown>)[name] instanceof JsonNumber) return true;
  return false;
}

/**
 * Counts the values and levels of a text before it is parsed: a value takes one character to send, but far more to
 * parse, coerce and report. Does not check that the text is JSON.
 */
function checkJson(json: string, maxValues: number): void {
  let values = 0;
  let nesting = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfJsonString(json, at);
    else if (code === comma) values += 1;
    else if (code === openBracket || code === openBrace) {
      values += 1;
      nesting += 1;
      if (nesting > maxNesting) throw nestedTooDeeply('request', 'BAD_REQUEST', maxNesting);
    } else if (code === closeBracket || code === closeBrace) nesting -= 1;
    if (values > maxValues) {
      const message = `the request has more than ${maxValues} values`;
      throw limitExceeded({ code: 'TOKEN_LIMIT_EXCEEDED', message, limit: maxValues });
    }
  }
}
