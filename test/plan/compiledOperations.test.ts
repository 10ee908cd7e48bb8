import { execute, getOperationAST, getVariableValues, parse, validate } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';

import { compileOperation } from '../../src/plan/compileOperation.ts';
import { compileVariables } from '../../src/plan/compileVariables.ts';
import type { Variables } from '../../src/plan/compileVariables.ts';

import { Draw } from './kit/Draw.ts';
import { draftOperation } from './kit/OperationDraft.ts';
import type { Draft, OperationKind } from './kit/OperationDraft.ts';
import { thingSchema } from './kit/thingSchema.ts';
import { World } from './kit/World.ts';

interface Drawn extends Draft {
  seed: number;
  document: DocumentNode;
  operation: OperationDefinitionNode;
}

interface Outcome {
  data: string;
  errors: string[];
  /** The places at which resolvers were called, sorted. */
  calls: string[];
}

/** Returns the valid operations among those that the seeds produce. */
function drawValid(kind: OperationKind, seeds: number): Drawn[] {
  return Array.from({ length: seeds }, (_, seed) => seed + 1).flatMap((seed) => {
    const draft = draftOperation(thingSchema, new Draw(seed), kind);
    const document = parse(draft.text);
    const operation = getOperationAST(document);
    return operation && validate(thingSchema, document).length === 0 ? [{ ...draft, seed, document, operation }] : [];
  });
}

/** Returns the world of an operation. Every third world contains no mistakes. */
function worldOf({ seed }: Drawn): World {
  return new World(seed, seed % 3 === 0 ? 0 : 3);
}

function eventOf(world: World, kind: OperationKind): unknown {
  return kind === 'subscription' ? world.thingAt(world.drawAt('event').of(['A', 'B', 'C']), 'event') : undefined;
}

async function interpret(drawn: Drawn, kind: OperationKind): Promise<Outcome> {
  const world = worldOf(drawn);
  const { document, variables: variableValues } = drawn;
  const rootValue = eventOf(world, kind);
  const result: ExecutionResult = await execute({
    schema: thingSchema,
    document,
    variableValues,
    contextValue: world,
    rootValue,
  });
  return { data: JSON.stringify(result.data), errors: shown(result.errors), calls: world.calls.sort() };
}

async function compiled(drawn: Drawn, kind: OperationKind): Promise<Outcome & { replays: number }> {
  const operation = compileOperation(thingSchema, drawn.document, drawn.operation);
  if (!operation) throw new Error(`not compiled: ${drawn.text}`);
  const world = worldOf(drawn);
  const { data, errors } = await operation.execute(world, variablesOf(drawn), eventOf(world, kind));
  return { data, errors: shown(errors), calls: world.calls.sort(), replays: operation.replays };
}

function variablesOf({ operation, variables }: Drawn): Variables {
  const result = compileVariables(thingSchema, operation)(variables);
  if ('errors' in result) throw new Error('the variables are invalid');
  return result;
}

/**
 * Returns the errors sorted and without the place at which a field was refused first, because the fields of a query are
 * executed concurrently, so that their errors have no order.
 */
function shown(errors: readonly GraphQLError[] | null | undefined): string[] {
  const texts = (errors ?? []).map(({ message, path, locations, extensions }) =>
    JSON.stringify({ ...(extensions['code'] !== 'FORBIDDEN' && { path, locations }), message, extensions }),
  );
  return texts.sort();
}

function hasValidVariables({ operation, variables }: Drawn): boolean {
  return !getVariableValues(thingSchema, operation.variableDefinitions ?? [], variables).errors;
}

describe('a compiled operation', () => {
  it.each([
    ['query', 1_600],
    ['mutation', 600],
    ['subscription', 600],
  ] as const)('has the result of graphql-js, byte by byte: %s', async (kind, seeds) => {
    const drawn = drawValid(kind, seeds).filter(hasValidVariables);
    let written = 0;

    for (const each of drawn) {
      const expected = await interpret(each, kind);
      const { replays, ...actual } = await compiled(each, kind);
      expect(actual, `seed ${each.seed}: ${each.text}`).toEqual(expected);
      if (replays === 0) written += 1;
    }

    expect(drawn.length).toBeGreaterThan(seeds / 4);
    expect(written).toBeGreaterThan(drawn.length / 4);
  });
});
