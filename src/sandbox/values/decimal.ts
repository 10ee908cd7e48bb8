import Big from 'big.js';

/** Throws on JavaScript numbers, so amounts and quantities never become binary floats. Sums and products are exact. */
const ExactDecimal = Big();
ExactDecimal.strict = true;

export type Decimal = Big;

/** Limits the number of digits that a short literal such as `1e999999999` can expand to. */
const highestExponent = 1_000;

export const zero: Decimal = new ExactDecimal('0');

/** Reads plain decimal notation (`115.5`, `-3`). Returns null for anything else, exponents included. */
export function parseDecimal(text: string): Decimal | null {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? new ExactDecimal(text) : null;
}

/** Expands the exponent of a JSON number's literal. Returns null if the result would be too long. */
export function plainNotation(literal: string): string | null {
  const [, exponent] = literal.split(/e/i);
  if (exponent === undefined) return literal;
  return Math.abs(Number(exponent)) > highestExponent ? null : new ExactDecimal(literal).toFixed();
}

/** Returns the number of digits after the decimal point, without trailing zeros. */
export function countDecimals({ c: digits, e: exponent }: Decimal): number {
  return Math.max(0, digits.length - 1 - exponent);
}

/** Reads a decimal that the sandbox stored itself. @throws Error if the text isn't a decimal */
export function parseStoredDecimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new Error(`expected a stored decimal, found ${JSON.stringify(text)}`);
  return value;
}
