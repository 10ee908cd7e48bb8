import fc from 'fast-check';
import { GraphQLError, Kind, parse, print, visit } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';

import { measureDocument } from '../../src/engine/limits/measureDocument.ts';
import type { MeasuredDocument } from '../../src/engine/limits/measureDocument.ts';
import { parseBounded } from '../../src/engine/limits/parseBounded.ts';

const fragmentCount = 4;
const seed = 17;

const directives = fc.constantFrom('', '', '', ' @include(if: true)', ' @a @b(c: [1, { d: "e" }])');
const name = fc.constantFrom('a', 'b', 'c', '__typename', '__schema', '__type');

/**
 * Selections that spread only fragments with at least this number, so that there are no cycles, or any if it is null.
 */
function selections(least: number | null): fc.Arbitrary<string> {
  const spreadable = least === null ? 0 : least;
  const { set } = fc.letrec<{ set: string; selection: string }>((tie) => ({
    set: fc.array(tie('selection'), { minLength: 1, maxLength: 2 }).map((list) => `{ ${list.join(' ')} }`),
    selection: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'selection' },
      fc.tuple(fc.constantFrom('', '', 'x: ', 'y: '), name, directives).map((words) => words.join('')),
      ...(spreadable < fragmentCount
        ? [
            fc
              .tuple(fc.integer({ min: spreadable, max: fragmentCount - 1 }), directives)
              .map(([index, more]) => `...f${index}${more}`),
          ]
        : []),
      fc
        .tuple(fc.constantFrom('', 'x: '), name, directives, tie('set'))
        .map(([alias, field, more, inner]) => `${alias}${field}${more} ${inner}`),
      fc.tuple(directives, tie('set')).map(([more, inner]) => `...${more} ${inner}`),
    ),
  }));
  return set;
}

function documents(isCircular: boolean): fc.Arbitrary<string> {
  const fragments = Array.from({ length: fragmentCount }, (_, index) =>
    fc
      .tuple(directives, selections(isCircular ? null : index + 1))
      .map(([more, set]) => `fragment f${index} on Query${more} ${set}`),
  );
  const operations = fc.array(
    fc
      .tuple(directives, directives, selections(0))
      .map(([onVariable, more, set]) => `($v: Int${onVariable})${more} ${set}`),
    { minLength: 1, maxLength: 2 },
  );
  return fc.tuple(operations, fc.tuple(...fragments), fc.boolean()).map(([found, rest, isLast]) => {
    const queries = found.map((text, index) => `query q${index} ${text}`);
    return (isLast ? [...rest, ...queries] : [...queries, ...rest]).join('\n');
  });
}

/** Returns the size of a document, counted after each spread has been replaced by its fragment. */
function writtenOut(document: DocumentNode): MeasuredDocument {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const seen = new Set<string>();
  const expand = (node: DocumentNode['definitions'][number]): typeof node =>
    visit(node, {
      FragmentSpread: {
        leave: ({ name: { value }, directives: own = [] }) => {
          const fragment = fragments.get(value);
          if (!fragment) throw new Error(`no fragment ${value}`);
          seen.add(value);
          const { selectionSet, directives: its = [] } = expand(fragment) as FragmentDefinitionNode;
          return { kind: Kind.INLINE_FRAGMENT, directives: [...own, ...its], selectionSet, isSpread: true };
        },
      },
    });
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).map(expand);
  const unused = [...fragments].flatMap(([key, fragment]) => (seen.has(key) ? [] : [expand(fragment)]));
  return count([...operations, ...unused]);
}

function count(definitions: DocumentNode['definitions']): MeasuredDocument {
  const size = { depth: 0, fields: 0, aliases: 0, directives: 0, introspects: false };
  const names = new Map<string, number>();
  const note = (each: string) => names.set(each, (names.get(each) ?? 0) + 1);
  let depth = 0;
  visit(
    { kind: Kind.DOCUMENT, definitions },
    {
      Field: {
        enter: ({ alias, name: { value } }) => {
          depth += 1;
          size.depth = Math.max(size.depth, depth);
          size.fields += 1;
          if (alias) size.aliases += 1;
          size.introspects ||= value === '__schema' || value === '__type';
          note(alias?.value ?? value);
        },
        leave: () => void (depth -= 1),
      },
      InlineFragment: (fragment) => {
        size.fields += 1;
        if ('isSpread' in fragment) note('...');
      },
      Directive: () => void (size.directives += 1),
    },
  );
  return { ...size, comparisons: [...names.values()].reduce((sum, times) => sum + times * times, 0) };
}

describe('measureDocument', () => {
  it('counts fragments as if each were written where it is spread', () => {
    fc.assert(
      fc.property(documents(false), (text) => {
        expect(measureDocument(parse(text), Infinity)).toEqual(writtenOut(parse(text)));
      }),
      { seed, numRuns: 500 },
    );
  });

  it('terminates for cyclic fragments', () => {
    fc.assert(
      fc.property(documents(true), (text) => {
        const { fields } = measureDocument(parse(text), 1_000);

        expect(fields).toBeGreaterThan(0);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('does not expand fragments of a document with too many fields, and stops in cyclic fragments', () => {
    const many = Array.from({ length: 8 }, (_, one) => `fragment f${one} on Query { ${spreads(8)} }`);

    expect(measureDocument(parse('{ a b c }'), 2)).toMatchObject({ fields: 3, comparisons: 0 });
    expect(measureDocument(parse(`{ ...f0 } ${many.join(' ')}`), 5_000).comparisons).toBe(Infinity);
  });
});

function spreads(number: number): string {
  return Array.from({ length: number }, (_, index) => `...f${index}`).join(' ');
}

describe('parseBounded', () => {
  it('parses a document with as many tokens as allowed and refuses one with one more', () => {
    fc.assert(
      fc.property(documents(false), (text) => {
        const parsed = parse(text);
        const { tokenCount = 0 } = parsed;

        expect(print(parseBounded(text, tokenCount))).toBe(print(parsed));
        expect(codeOf(() => parseBounded(text, tokenCount - 1))).toBe('TOKEN_LIMIT_EXCEEDED');
      }),
      { seed, numRuns: 200 },
    );
  });

  it.each([
    ['selections', (depth: number) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`],
    ['values', (depth: number) => `{ a(b: ${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}) }`],
    ['types', (depth: number) => `query ($a: ${'['.repeat(depth - 1)}Int${']'.repeat(depth - 1)}) { a }`],
  ])('accepts %s nested 200 deep and refuses 201', (_what, nested) => {
    expect(codeOf(() => parseBounded(nested(201), 20_000))).toBe('GRAPHQL_PARSE_FAILED');
    expect(codeOf(() => parseBounded(nested(200), 20_000))).toBeNull();
  });

  it('accepts names of 256 characters and as many lines as tokens, and refuses more', () => {
    expect(codeOf(() => parseBounded(`{ ${'a'.repeat(256)} }`, 20_000))).toBeNull();
    expect(codeOf(() => parseBounded(`{ ${'a'.repeat(257)} }`, 20_000))).toBe('GRAPHQL_PARSE_FAILED');
    expect(codeOf(() => parseBounded(`{ a }${'\n'.repeat(19_999)}`, 20_000))).toBeNull();
    expect(codeOf(() => parseBounded(`{ a }${'\n'.repeat(20_000)}`, 20_000))).toBe('TOKEN_LIMIT_EXCEEDED');
  });
});

/** Returns the code of the error that is thrown: null if nothing is thrown, undefined for an error without a code. */
function codeOf(read: () => unknown): unknown {
  try {
    read();
    return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return error.extensions['code'];
  }
}
