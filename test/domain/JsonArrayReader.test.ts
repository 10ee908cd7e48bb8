import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { JsonArrayReader } from '../../src/domain/JsonArrayReader.ts';

/** Reads a text in pieces of the given sizes, in turn. */
function read(text: string, sizes: readonly number[]): { elements: unknown[]; other: unknown } {
  const elements: unknown[] = [];
  const reader = new JsonArrayReader((element) => elements.push(element));
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
    const size = sizes[piece % sizes.length] ?? 1;
    reader.write(bytes.subarray(at, at + size));
    at += size;
  }
  return { elements, other: reader.end() };
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('JsonArrayReader', () => {
  it('returns the elements of any array, however its text is split into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), sizes, fc.constantFrom(0, 2), (array, cuts, indent) => {
        const text = ` ${JSON.stringify(array, null, indent)}\n`;

        expect(read(text, cuts)).toEqual({ elements: JSON.parse(text) as unknown, other: null });
      }),
    );
  });

  it('keeps the digits of numbers, and brackets and quotes inside strings', () => {
    const { elements } = read('\ufeff[{"a":10.50},"[\\"],\\\\",[["é"]]]', [1]);

    expect(elements.map(String)).toEqual(['[object Object]', '["],\\', 'é']);
    expect(String((elements[0] as { a: unknown }).a)).toBe('10.50');
  });

  it.each(['null', '{"a": [1]}', '"text"', '1.5'])('returns %s as a whole, because it is not an array', (text) => {
    const { elements, other } = read(text, [2]);

    expect(elements).toEqual([]);
    expect(other).toEqual({ instead: JSON.parse(text) as unknown });
  });

  it.each(['', '[', '[1', '[1,', '[1,]', '[{"a":1]', '["a]', '[1] 2, 3]', '[1]]', '{', '[,]', '[1] x'])(
    'refuses %j',
    (text) => {
      expect(() => read(text, [3])).toThrow(SyntaxError);
    },
  );
});
