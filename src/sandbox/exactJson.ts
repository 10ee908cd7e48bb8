import { formatDecimal, parseDecimal, plainNotation } from './decimal.ts';

/** A JSON number as it was written: `12345678901234567890.1` would not survive as a JavaScript number. */
export class JsonNumber {
  readonly literal: string;

  constructor(literal: string) {
    this.literal = literal;
  }
}

export type JsonObject = Record<string, unknown>;

/** The key can't come from a client by accident: it holds a NUL. */
const numberKey = '\u0000';
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON.parse, but numbers arrive as `JsonNumber`. @throws SyntaxError as JSON.parse does */
export function parseExactJson(text: string): unknown {
  const marked = text.replace(stringOrNumber, (token) =>
    token.startsWith('"') ? token : `{${JSON.stringify(numberKey)}:"${token}"}`,
  );
  if (marked.length === text.length) return JSON.parse(text);
  return JSON.parse(marked, revive);
}

/**
 * The one text of a JSON value: keys sorted, no white space, numbers by value (`1e1` is `10`).
 * Two bodies are the same request when these texts are equal.
 */
export function canonicalJson(value: unknown): string {
  if (value instanceof JsonNumber) return canonicalNumber(value.literal);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

function revive(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  const literal = value[numberKey];
  return typeof literal === 'string' ? new JsonNumber(literal) : value;
}

function canonicalNumber(literal: string): string {
  const plain = plainNotation(literal);
  const decimal = plain === null ? null : parseDecimal(plain);
  return decimal ? formatDecimal(decimal) : literal;
}
