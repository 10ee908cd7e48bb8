import { parse, SingleFieldSubscriptionsRule, specifiedRules, validate } from 'graphql';
import type { DocumentNode, GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';

import { unconditionalSubscriptions } from '../../src/engine/documents/unconditionalSubscriptions.ts';
import { validateDocument } from '../../src/engine/documents/validateDocument.ts';

import { Draw } from './kit/Draw.ts';
import { draftOperation } from './kit/OperationDraft.ts';
import { thingSchema } from './kit/thingSchema.ts';

const rules = specifiedRules.map((rule) => (rule === SingleFieldSubscriptionsRule ? unconditionalSubscriptions : rule));
const seeds = Array.from({ length: 500 }, (_, seed) => seed);

describe('validateDocument', () => {
  it('finds the errors that graphql-js finds with the same rules', () => {
    const documents = seeds.flatMap((seed) =>
      (['query', 'mutation', 'subscription'] as const).flatMap((kind) => {
        const { text } = draftOperation(thingSchema, new Draw(seed), kind);
        return [text, withMistake(text, seed)].flatMap(parsed);
      }),
    );

    let invalid = 0;
    for (const document of documents) {
      const expected = validate(thingSchema, document, rules, { maxErrors: 500 }).map(describeError);
      const found = validateDocument(thingSchema, document, true).map(describeError);
      // No rule has reached its limit.
      if (expected.length < 3) expect(found).toEqual(expected);
      else expect(expected).toEqual(expect.arrayContaining(found));
      if (expected.length > 0) invalid += 1;
    }
    expect(invalid).toBeGreaterThan(500);
  });

  it('ignores descriptions', () => {
    const document = parse('"a query" query ("a variable" $yes: Boolean!) { __typename @include(if: $yes) }');

    expect(validateDocument(thingSchema, document, true)).toEqual([]);
  });
});

/** Returns the text with one of its words moved. */
function withMistake(text: string, seed: number): string {
  const words = text.split(/(\W)/);
  words[(seed * 7_919) % words.length] = words[(seed * 31) % words.length] ?? '';
  return words.join('');
}

function parsed(text: string): DocumentNode[] {
  try {
    return [parse(text)];
  } catch {
    return [];
  }
}

function describeError(error: GraphQLError): string {
  return JSON.stringify(error);
}
