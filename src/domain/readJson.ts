import { randomUUID } from 'node:crypto';

import { JsonNumber } from './JsonNumber.ts';
import { withoutBom } from './withoutBom.ts';

/**
 * `JSON.parse` that loses no digit: a value is a JavaScript number only where `String()` of it is what the text says (and
 * for `-0`, which is zero), and a `JsonNumber` otherwise. All JSON that others write is read here. A byte order mark before
 * it is passed over.
 *
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  const json = withoutBom(text);
  const value: unknown = JSON.parse(json);
  if (!mayHaveInexactNumbers.test(json)) return value;
  // Only now that it was parsed: a complaint about a text must not show what is put into it here.
  const marked = markNumbers(json);
  return marked === json ? value : JSON.parse(marked, revive);
}

/** Where the string that begins at `start` has its closing quote; the end of the text when it has none. */
export function endOfJsonString(json: string, start: number): number {
  // By codes: compared as strings of one character each, megabytes would take longer than all that is done with them.
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at += 1;
  }
  return json.length;
}

const [quote, backslash, minus, zero, nine] = [34, 92, 45, 48, 57];

/**
 * A number that is not a whole one of at most 15 digits, where a value may begin. Amounts and times within strings don't
 * match, so that most texts cost one search more than their parsing: a third of it, measured with Node 20. A string that
 * does match costs time only.
 */
const mayHaveInexactNumbers = /(?:^|[[,]|(?<!\d):)\s*-?(?:\d+[.eE]|\d{16})/;

/** What stands for a number until it is revived; drawn anew by each process, so that nobody can send it. */
const numberKey = randomUUID();
const numberAt = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Puts every number of a valid text that `String()` would spell otherwise into an object under `numberKey`. One pass. */
function markNumbers(json: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfJsonString(json, at);
    else if (code === minus || (code >= zero && code <= nine)) {
      numberAt.lastIndex = at;
      const [literal = ''] = numberAt.exec(json) ?? [];
      const end = at + literal.length;
      if (literal !== '-0' && String(Number(literal)) !== literal) {
        pieces.push(json.slice(from, at), `{"${numberKey}":"${literal}"}`);
        from = end;
      }
      at = end - 1;
    }
  }
  return pieces.length === 0 ? json : pieces.join('') + json.slice(from);
}

function revive(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, numberKey)) return value;
  return new JsonNumber(String((value as Record<string, unknown>)[numberKey]));
}
