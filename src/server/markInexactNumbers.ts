import { endOfJsonString } from './endOfJsonString.ts';

const mayBeInexact = /\d[.eE]|\d{16}/;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * A request's JSON with every number that is no whole one, or too large to be exact, replaced by an object that says so.
 * `JSON.parse` would round it: the amount 4503599627370497.5 would pass for a whole number. Marked, it is refused.
 * One pass, whatever the text is: what is no JSON comes out as no JSON.
 */
export function markInexactNumbers(json: string): string {
  if (!mayBeInexact.test(json)) return json;
  const pieces: string[] = [];
  let at = 0;
  while (at < json.length) {
    const quote = json.indexOf('"', at);
    const end = quote === -1 ? json.length : quote;
    pieces.push(json.slice(at, end).replace(number, (literal) => (isExact(literal) ? literal : mark(literal))));
    at = endOfJsonString(json, end);
    pieces.push(json.slice(end, at));
  }
  return pieces.join('');
}

function isExact(literal: string): boolean {
  return /^-?\d+$/.test(literal) && Number.isSafeInteger(Number(literal));
}

function mark(literal: string): string {
  return `{"inexactNumber":"${literal}"}`;
}
