import { randomUUID } from 'node:crypto';

import { parseDecimal, plainNotation } from './decimal.ts';

/** A JSON number as it was written. A JavaScript number would round `12345678901234567890.1`. */
export class JsonNumber {
  readonly literal: string;

  constructor(literal: string) {
    this.literal = literal;
  }
}

export type JsonObject = Record<string, unknown>;

/** The key of the object that stands for a number while JSON is parsed. It is random, so that no client can send it. */
const numberKey = randomUUID();
const numberAt = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Maximum nesting, far above the docs' samples. Callers walk the value recursively, so this bounds their stack. */
const maxDepth = 100;

/** JSON.parse with numbers as `JsonNumber`. @throws SyntaxError like JSON.parse, RangeError if nested too deeply */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const marked = markNumbers(text);
  return marked === text ? value : JSON.parse(marked, revive);
}

/** Wraps every number of a valid JSON text in an object under `numberKey`, in one pass. */
function markNumbers(text: string): string {
  const pieces: string[] = [];
  let [from, depth] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') at = endOfString(text, at);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    else if (char === '-' || (char >= '0' && char <= '9')) {
      numberAt.lastIndex = at;
      const [literal = ''] = numberAt.exec(text) ?? [];
      pieces.push(text.slice(from, at), `{"${numberKey}":"${literal}"}`);
      from = at + literal.length;
      at = from - 1;
    }
    if (depth > maxDepth) throw new RangeError(`at most ${maxDepth} levels of nesting`);
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}

/** Returns the index of the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
}

/**
 * Formats a JSON value in canonical form: sorted keys, no whitespace, numbers by value (`1e1` becomes `10`).
 * Two bodies with equal canonical forms are the same request.
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
  return (plain === null ? null : parseDecimal(plain)?.toFixed()) ?? literal;
}
