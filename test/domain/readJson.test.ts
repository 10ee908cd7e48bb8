import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { JsonNumber, readJson, spellingOf } from '../../src/domain/readJson.ts';

/** Replaces every `JsonNumber` in a value with its source text. */
function withSourceText(value: unknown): unknown {
  const spelling = spellingOf(value);
  if (spelling !== null) return { spelling };
  if (Array.isArray(value)) return value.map(withSourceText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSourceText(member)]));
}

const digits = fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String);
const literal = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(fc.constant('0'), digits),
    fraction: fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,25}$/)),
    exponent: fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?\d{1,3}$/)),
  })
  .map(({ sign, whole, fraction, exponent }) => `${sign}${whole}${fraction}${exponent}`)
  .filter((text) => text !== '-0');

describe('readJson', () => {
  it.each(['10', '0', '-0', '-1', '115.5', '0.1', '1e-7', '9007199254740991'])('reads %s as a number', (text) => {
    expect(readJson(text)).toBe(Number(text));
  });

  it.each(['0.30000000000000001', '10.0', '10.50', '1e2', '-0.0', '9007199254740993', '1e400'])(
    'keeps the digits of %s anywhere in a document',
    (text) => {
      for (const json of [text, ` ${text} `, `[ ${text}]`, `{"a" :\n${text}}`, `[1,${text},"${text}"]`]) {
        const [found] = [readJson(json)].flatMap((value) =>
          value instanceof JsonNumber
            ? [value]
            : Object.values(value as object).filter((one) => one instanceof JsonNumber),
        );

        expect(String(found)).toBe(text);
      }
    },
  );

  it('keeps the source text of every number and reads everything else as JSON.parse does', () => {
    const leaf = fc.oneof(
      literal.map((text) => ({ json: text, value: { spelling: text } })),
      fc.oneof(fc.string({ unit: 'binary' }), literal, fc.constant(null), fc.boolean()).map((value) => ({
        json: JSON.stringify(value),
        value: value,
      })),
    );
    const { tree } = fc.letrec<{ tree: { json: string; value: unknown } }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }).map((items) => ({
          json: `[${items.map(({ json }) => json).join(' , ')}]`,
          value: items.map(({ value }) => value),
        })),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('tree'), { maxKeys: 4 }).map((fields) => ({
          json: `{${Object.entries(fields)
            .map(([name, { json }]) => `${JSON.stringify(name)}: ${json}`)
            .join(',')}}`,
          value: Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value])),
        })),
      ),
    }));

    fc.assert(
      fc.property(tree, ({ json, value }) => {
        expect(withSourceText(readJson(json))).toEqual(value);
      }),
    );
  });

  it('ignores a byte order mark', () => {
    expect(readJson('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it('reads a member called __proto__ as a member', () => {
    expect(Object.entries(readJson('{"__proto__":{"a":1.0}}') as object)).toEqual([
      ['__proto__', { a: expect.anything() as unknown }],
    ]);
  });

  it.each(['', '{"a":1.0', '[1.0,]', '"1.50', '1.', '01.5', '.5', '+1.0'])(
    'throws the same error as JSON.parse for %j',
    (text) => {
      let expected: unknown;
      try {
        JSON.parse(text);
      } catch (error) {
        expected = error;
      }

      expect(() => readJson(text)).toThrow(expected);
    },
  );

  it.each([
    ['a string of escaped quotes', '\\"'.repeat(1_000_000)],
    ['a string of backslashes', '\\\\'.repeat(1_000_000)],
    ['a very long string', 'x'.repeat(20_000_000)],
  ])('is linear in the length of %s', (_what, text) => {
    expect(readJson(`{"v":1.50,"b":"${text}"}`)).toMatchObject({ b: expect.any(String) as string });
  });
});
