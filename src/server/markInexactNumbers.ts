import { canonicalDecimal, isDecimal } from '../domain/decimal.ts';

/** Strings are matched so as to be left alone; of the rest, numbers of 16 digits or more may be inexact as a double. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const manyDigits = /[\d.]{16}/;

/**
 * A request's JSON with every number that `JSON.parse` would change replaced by an object that says so. Rounded, the
 * amount 4503599627370497.5 would pass for a whole number; marked, it is refused like every number with a fraction.
 */
export function markInexactNumbers(json: string): string {
  if (!manyDigits.test(json)) return json;
  return json.replace(stringOrNumber, (token) =>
    token.startsWith('"') || isExact(token) ? token : `{"inexactNumber":"${token}"}`,
  );
}

function isExact(literal: string): boolean {
  const parsed = String(Number(literal));
  // Fifteen digits always survive; anything with an exponent and more is not worth the arithmetic.
  if (literal.replace(/\D/g, '').length <= 15) return true;
  return isDecimal(literal) && isDecimal(parsed) && canonicalDecimal(literal) === canonicalDecimal(parsed);
}
