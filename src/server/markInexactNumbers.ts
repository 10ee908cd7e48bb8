/** Strings are matched so as to be left alone. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const mayBeInexact = /\d[.eE]|\d{16}/;

/**
 * A request's JSON with every number that is no whole one, or too large to be exact, replaced by an object that says so.
 * `JSON.parse` would round it: the amount 4503599627370497.5 would pass for a whole number. Marked, it is refused.
 */
export function markInexactNumbers(json: string): string {
  if (!mayBeInexact.test(json)) return json;
  return json.replace(stringOrNumber, (token) => (token.startsWith('"') || isExact(token) ? token : mark(token)));
}

function isExact(literal: string): boolean {
  return /^-?\d+$/.test(literal) && Number.isSafeInteger(Number(literal));
}

function mark(literal: string): string {
  return `{"inexactNumber":"${literal}"}`;
}
