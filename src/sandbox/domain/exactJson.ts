import { randomUUID } from 'node:crypto';

import { formatDecimal, parseDecimal, plainNotation } from './decimal.ts';

/** A JSON number as it was written: `12345678901234567890.1` would not survive as a JavaScript number. */
export class JsonNumber {
  readonly literal: string;

  constructor(literal: string) {
    this.literal = literal;
  }
}

export type JsonObject = Record<string, unknown>;

/** What stands for a number until it is revived; drawn anew by each process, so no client can send it. */
const numberKey = randomUUID();
const numberAt = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Far above any sample. Who walks the value recurses, and the stack must hold. */
const mostLevels = 100;

/** JSON.parse, but numbers arrive as `JsonNumber`. @throws SyntaxError as JSON.parse does, RangeError when too deep */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const marked = markNumbers(text);
  return marked === text ? value : JSON.parse(marked, revive);
}

/** Puts every number of a valid JSON text into an object under `numberKey`. One pass, whatever the text. */
function markNumbers(text: string): string {
  const pieces: string[] = [];
  let [from, level] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') at = endOfString(text, at);
    else if (char === '{' || char === '[') level += 1;
    else if (char === '}' || char === ']') level -= 1;
    else if (char === '-' || (char >= '0' && char <= '9')) {
      numberAt.lastIndex = at;
      const [literal = ''] = numberAt.exec(text) ?? [];
      pieces.push(text.slice(from, at), `{"${numberKey}":"${literal}"}`);
      from = at + literal.length;
      at = from - 1;
    }
    if (level > mostLevels) throw new RangeError(`at most ${mostLevels} levels of nesting`);
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}

/** Where the string that begins at `start` has its last quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
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
