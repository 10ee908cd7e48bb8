import { complexityFromQuery } from '@pothos/plugin-complexity';
import { getOperationAST, getVariableValues, parse, validate } from 'graphql';
import type { GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';

import { compileCost } from '../../src/plan/compileCost.ts';
import { compileVariables } from '../../src/plan/compileVariables.ts';
import { schema as gatewaySchema } from '../../src/schema/schema.ts';

import { Draw } from './kit/Draw.ts';
import { draftOperation } from './kit/OperationDraft.ts';
import type { Draft } from './kit/OperationDraft.ts';
import { thingSchema } from './kit/thingSchema.ts';

const schemas = [
  ['a schema of every kind of type', thingSchema],
  ["the gateway's schema", gatewaySchema],
] as const;

/** Returns an operation for each seed. As a whole, the operation may be invalid. */
function draw(schema: GraphQLSchema, seeds: number): (Draft & { operation: OperationDefinitionNode })[] {
  return Array.from({ length: seeds }, (_, seed) => seed + 1).flatMap((seed) => {
    const kind = seed % 4 === 0 ? 'mutation' : 'query';
    const draft = draftOperation(schema, new Draw(seed), kind);
    const operation = getOperationAST(parse(draft.text));
    return operation ? [{ ...draft, operation }] : [];
  });
}

function shown(errors: readonly GraphQLError[]): unknown[] {
  return errors.map(({ message, locations, extensions }) => ({ message, locations, extensions }));
}

describe.each(schemas)('compiled variables on %s', (_what, schema) => {
  it('are coerced as graphql-js coerces them, with its errors', () => {
    let refused = 0;
    for (const { text, variables, operation } of draw(schema, 1_500)) {
      const definitions = operation.variableDefinitions ?? [];
      const options = { maxErrors: 2, hideSuggestions: text.length % 2 === 0 };
      const expected = getVariableValues(schema, definitions, variables, options);
      const actual = compileVariables(schema, operation, options)(variables);

      if (expected.errors) {
        refused += 1;
        expect('errors' in actual && shown(actual.errors), text).toEqual(shown(expected.errors));
      } else {
        expect('coerced' in actual && JSON.stringify(actual.coerced), text).toBe(JSON.stringify(expected.coerced));
      }
    }

    expect(refused).toBeGreaterThan(100);
  });
});

describe.each(schemas)('a compiled cost on %s', (_what, schema) => {
  it("is the cost that Pothos's complexity plugin computes", () => {
    let compared = 0;
    for (const { text, variables, operation } of draw(schema, 800)) {
      const document = parse(text);
      const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced;
      if (!coerced || validate(schema, document).length > 0) continue;
      const expected = outcomeOf(() => complexityFromQuery(document, { schema, variables }).complexity);

      expect(
        outcomeOf(() => compileCost(schema, document, operation)(coerced)),
        text,
      ).toEqual(expected);
      compared += 1;
    }

    expect(compared).toBeGreaterThan(80);
  });
});

/** Returns the result of a function, or the message of its error. */
function outcomeOf(compute: () => number): number | string {
  try {
    return compute();
  } catch (error) {
    return String(error);
  }
}
