/**
 * An exact decimal in plain notation: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`. It stays a string from end to end and is never
 * converted to a binary float.
 */
export type Decimal = string;

const pattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

export function isDecimal(value: string): value is Decimal {
  return pattern.test(value);
}

/** Whether the value is greater than 0. */
export function isPositive(value: Decimal): boolean {
  return !value.startsWith('-') && /[1-9]/.test(value);
}

/** The number of digits after the decimal point. Trailing zeros count, as they do in the API. */
export function decimalPlaces(value: Decimal): number {
  const point = value.indexOf('.');
  return point === -1 ? 0 : value.length - point - 1;
}

/** The canonical spelling: the same for `10`, `10.0` and `10.00`. */
export function canonicalDecimal(value: Decimal): Decimal {
  let end = value.length;
  // A regular expression for trailing zeros takes quadratic time.
  if (value.includes('.')) while (value[end - 1] === '0') end -= 1;
  if (value[end - 1] === '.') end -= 1;
  const trimmed = value.slice(0, end);
  return trimmed === '-0' ? '0' : trimmed;
}

/**
 * Whether `rounded` is the positive `amount` rounded to fewer decimals, up or down. Both must be in canonical spelling.
 */
export function isRoundingOf(rounded: Decimal, amount: Decimal): boolean {
  const places = decimalPlaces(rounded);
  const [whole = '', fraction = ''] = amount.split('.');
  const [cut, found] = [whole + fraction.slice(0, places), rounded.replace('.', '')];
  // The numbers may be of any length, so the difference is computed only if they have the same magnitude.
  if (fraction.length <= places || Math.abs(cut.length - found.length) > 1) return false;
  const difference = BigInt(found) - BigInt(cut);
  return difference === 0n || difference === 1n;
}
