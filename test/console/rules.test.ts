import { describe, expect, it } from 'vitest';

import { readCsv } from '../../console/src/forms/batch/readCsv.ts';
import { sumOf } from '../../console/src/forms/batch/BatchEntry.ts';
import * as rules from '../../console/src/forms/rules.ts';
import { isDecimal } from '../../src/domain/decimal.ts';
import { InvalidRequestError } from '../../src/errors/refusals.ts';
import { InputCheck } from '../../src/resolvers/mutations/InputCheck.ts';

/** Returns whether the gateway's own input check accepts a value. */
function isAccepted(check: (checks: InputCheck) => unknown): boolean {
  const checks = new InputCheck();
  check(checks);
  try {
    checks.throwIfAny();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    return false;
  }
}

const numbers = ['1', '10.25', '0', '0.0', '-1', '01', '1.', '.5', '1e3', '1,5', ' 1', '0.000000001', '1.0000000001'];
const texts = ['', 'x', 'x'.repeat(255), 'x'.repeat(256), '😀'.repeat(1_024), '😀'.repeat(1_025)];
const accounts = ['8f8c8cee-2591-4f83-be12-82c659b5e748', '8F8C8CEE-2591-4F83-BE12-82C659B5E748', 'nobody', '8f8c8cee'];

describe('the rules of the console', () => {
  it.each(numbers)('agree with the gateway on %j as an amount and as a quantity', (value) => {
    expect(rules.amountProblem(value) === null).toBe(
      isDecimal(value) && isAccepted((check) => check.cash([], { amount: value })),
    );
    expect(rules.qtyProblem(value) === null).toBe(
      isDecimal(value) && isAccepted((check) => check.securities([], { symbol: 'AAPL', qty: value })),
    );
  });

  it.each(accounts)('agree with the gateway on %j as an account', (value) => {
    expect(rules.accountProblem(value) === null).toBe(isAccepted((check) => check.account(['account'], value)));
  });

  it.each(texts)('agree with the gateway on %j as a description, a transmitter name and a symbol', (value) => {
    expect(rules.descriptionProblem(value) === null).toBe(
      isAccepted((check) => check.description(['description'], value)),
    );
    expect(rules.transmitterProblem(value) === null).toBe(
      isAccepted((check) => check.cash([], { amount: '1', transmitterName: value })),
    );
    expect(rules.symbolProblem(value) === null).toBe(
      isAccepted((check) => check.securities([], { symbol: value, qty: '1' })),
    );
  });

  it.each([
    ['EUR', 'EUR'],
    ['eur', 'EUR'],
    ['', 'EUR'],
    ['USD', 'EUR'],
  ])('agree with the gateway on the currency %j after an entry in %j', (currency, first) => {
    expect(rules.currencyProblem(currency, first) === null).toBe(
      isAccepted((check) => check.oneCurrency(['entries'], [{ currency: first }, { currency }])),
    );
  });
});

describe('readCsv', () => {
  it.each([
    ['a header row that lists the columns in any order', 'Amount,To Account,Description\n1.10,a,"x, y"\n'],
    ['no header row', 'a,1.10,"x, y"\n'],
    ['tabs as separators', 'a\t1.10\tx, y\n'],
    ['semicolons and a byte order mark', '\uFEFFto_account;amount;description\r\na;1.10;x, y\r\n\r\n'],
  ])('reads a file with %s', (_form, text) => {
    const { entries, ignoredColumns } = readCsv(text);

    expect(entries).toMatchObject([{ account: 'a', amount: '1.10', description: 'x, y' }]);
    expect(entries).toHaveLength(1);
    expect(ignoredColumns).toEqual([]);
  });

  it('returns the names of the columns that it ignores', () => {
    expect(readCsv('account,amount,salutation\na,1,Dear').ignoredColumns).toEqual(['salutation']);
  });
});

describe('sumOf', () => {
  it('adds amounts without rounding', () => {
    const entries = readCsv('account,amount\na,0.1\na,0.2\na,9007199254740993.000000000000000001').entries;

    expect(sumOf(entries)).toBe('9007199254740993.300000000000000001');
  });
});
