/**
 * Exact decimals of any size: money and quantities never become binary floats.
 * `units` counts steps of 10^-scale: 115.5 is 1155 units of scale 1.
 */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** More than this is a mistake or an attack: `1e999999999` would be written out digit by digit. */
const highestExponent = 1_000;

export const zero: Decimal = { units: 0n, scale: 0 };

/** Reads plain decimal notation (`115.5`, `-3`); null for anything else, exponents included. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

/** Writes a JSON number's literal without an exponent; null where that would be absurdly long. */
export function plainNotation(literal: string): string | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(literal);
  if (!match) return literal;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > highestExponent) return null;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point > 0 ? digits.padEnd(point, '0') : digits.padStart(digits.length - point + 1, '0');
  const at = Math.max(point, 1);
  const plain = `${padded.slice(0, at)}.${padded.slice(at)}`.replace(/\.$/, '').replace(/^0+(?=\d)/, '');
  return sign + plain;
}

/** The shortest plain notation: no trailing zeros, no exponent. */
export function formatDecimal({ units, scale }: Decimal): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  if (scale === 0) return sign + digits;
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  const whole = sign + digits.slice(0, -scale);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

export function add(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { units: atScale(left, scale) + atScale(right, scale), scale };
}

export function negate({ units, scale }: Decimal): Decimal {
  return { units: -units, scale };
}

export function multiply(left: Decimal, right: Decimal): Decimal {
  return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** Negative, zero or positive, as a sort function wants it. */
export function compare(left: Decimal, right: Decimal): number {
  const difference = add(left, negate(right)).units;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Reads a decimal that this sandbox wrote itself. @throws Error when the store holds something else */
export function storedDecimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new Error(`the store holds ${JSON.stringify(text)} where a decimal belongs`);
  return value;
}

function atScale({ units, scale }: Decimal, wanted: number): bigint {
  return scale === wanted ? units : units * 10n ** BigInt(wanted - scale);
}
