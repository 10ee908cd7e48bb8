/**
 * An exact decimal in plain notation: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`.
 * It stays the string that it came as, from end to end: a binary float never touches it.
 */
export type Decimal = string;

const pattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

export function isDecimal(value: string): value is Decimal {
  return pattern.test(value);
}

/** Above zero, at any size. */
export function isPositive(value: Decimal): boolean {
  return !value.startsWith('-') && /[1-9]/.test(value);
}

/** How many digits are written behind the point; trailing zeros count, as they do upstream. */
export function decimalPlaces(value: Decimal): number {
  const point = value.indexOf('.');
  return point === -1 ? 0 : value.length - point - 1;
}

/** One spelling per value, so that `10`, `10.0` and `10.00` compare equal as strings. */
export function canonicalDecimal(value: Decimal): Decimal {
  let end = value.length;
  // No pattern: one that looks for the end of the zeros begins anew at each of them.
  if (value.includes('.')) while (value[end - 1] === '0') end -= 1;
  if (value[end - 1] === '.') end -= 1;
  const trimmed = value.slice(0, end);
  return trimmed === '-0' ? '0' : trimmed;
}

/** Whether a positive amount is another one with fewer decimals, rounded up or down. Both in their canonical spelling. */
export function isRoundingOf(rounded: Decimal, amount: Decimal): boolean {
  const places = decimalPlaces(rounded);
  const [whole = '', fraction = ''] = amount.split('.');
  const [cut, found] = [whole + fraction.slice(0, places), rounded.replace('.', '')];
  // Numbers of any length come here: those that can't be near each other are not computed with.
  if (fraction.length <= places || Math.abs(cut.length - found.length) > 1) return false;
  const difference = BigInt(found) - BigInt(cut);
  return difference === 0n || difference === 1n;
}
