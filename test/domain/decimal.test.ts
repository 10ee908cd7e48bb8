import { describe, expect, it } from 'vitest';

import { canonicalDecimal, decimalPlaces, isDecimal, isPositive, isRoundingOf } from '../../src/domain/decimal.ts';

describe('isDecimal', () => {
  it.each(['0', '-0', '1', '-1', '0.1', '-0.10', '10.00', '12345678901234567890.123456789', `9${'0'.repeat(400)}`])(
    'accepts %s',
    (value) => {
      expect(isDecimal(value)).toBe(true);
    },
  );

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    '01',
    '00',
    '.5',
    '5.',
    '+1',
    '--1',
    '1e3',
    '1E3',
    '1,000',
    '0x10',
    'NaN',
    'Infinity',
    '١',
    '1.2.3',
  ])('refuses %j', (value) => {
    expect(isDecimal(value)).toBe(false);
  });
});

describe('isPositive', () => {
  it.each(['1', '0.1', '0.000000000000000000000000001', '10', '99999999999999999999'])('is true for %s', (value) => {
    expect(isPositive(value)).toBe(true);
  });

  it.each(['0', '0.00', '-0', '-1', '-0.1'])('is false for %s', (value) => {
    expect(isPositive(value)).toBe(false);
  });
});

describe('decimalPlaces', () => {
  it.each([
    ['1', 0],
    ['1.5', 1],
    ['1.50', 2],
    ['-0.123456789', 9],
    ['0.0000000000', 10],
  ])('of %s is %i', (value, places) => {
    expect(decimalPlaces(value)).toBe(places);
  });
});

describe('canonicalDecimal', () => {
  it.each([
    ['10', '10'],
    ['10.0', '10'],
    ['10.00', '10'],
    ['10.50', '10.5'],
    ['100', '100'],
    ['100.10', '100.1'],
    ['0', '0'],
    ['0.00', '0'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['-1.10', '-1.1'],
    ['0.010', '0.01'],
    ['12345678901234567890.1234567890', '12345678901234567890.123456789'],
  ])('writes %s as %s', (value, canonical) => {
    expect(canonicalDecimal(value)).toBe(canonical);
  });

  it('is linear in the number of zeros before the last digit', () => {
    const value = `1.${'0'.repeat(1_000_000)}1`;

    expect(canonicalDecimal(value) === value).toBe(true);
  });
});

describe('isRoundingOf', () => {
  it.each([
    ['1.25', '1.255', true],
    ['1.26', '1.255', true],
    ['1.24', '1.255', false],
    ['1.27', '1.255', false],
    ['1', '0.999', true],
    ['10', '9.999', true],
    ['0', '0.001', true],
    ['0.01', '0.001', true],
    ['1.3', '1.296', true],
    ['1.25', '1.25', false],
    ['1.255', '1.25', false],
    ['12345678901234567890.13', '12345678901234567890.125', true],
    ['2', `1.${'9'.repeat(100_000)}`, true],
    ['1', '1'.repeat(100_000), false],
  ])('%s of %s is %s', (rounded, amount, expected) => {
    expect(isRoundingOf(rounded, amount)).toBe(expected);
  });
});
