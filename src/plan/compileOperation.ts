import { Kind, OperationTypeNode, execute } from 'graphql';
import type {
  DocumentNode,
  ExecutionResult,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';

import { compileRootFields } from './compileRootFields.ts';
import type { Variables } from './compileVariables.ts';
import { conditionNames } from './conditionNames.ts';
import { Execution } from './Execution.ts';
import type { OperationParts, RootField, WrittenResult } from './Execution.ts';
import { prepareReplays } from './Replay.ts';
import { WriterSource } from './WriterSource.ts';

/** Maximum number of fields in all variants of an operation's code. A field counts once per object type that has it. */
const maxFields = 3_000;

/**
 * Maximum number of variables on which `@skip` and `@include` may depend: each combination of values is compiled
 * separately.
 */
const maxConditions = 4;

/**
 * Compiles an operation of a validated document into code that writes its result.
 *
 * @returns null if the operation can't be compiled: graphql-js then executes it, with the same result
 */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledOperation | null {
  const rootType = schema.getRootType(operation.operation);
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const conditions = conditionNames(operation, fragments);
  if (!rootType || conditions.length > maxConditions) return null;
  prepareReplays(schema);
  const compiled = new CompiledOperation({ schema, document, operation, fragments }, rootType, conditions);
  return compiled.canBeCompiled ? compiled : null;
}

/** An operation whose results are written by generated code. */
export class CompiledOperation {
  readonly #parts: OperationParts;
  readonly #rootType: GraphQLObjectType;
  readonly #conditions: readonly string[];
  /** The compiled root fields, by `#variantOf`; null for a variant that can't be compiled. */
  readonly #variants: (readonly RootField[] | null | undefined)[] = [];
  #replays = 0;
  #fieldsLeft = maxFields;

  constructor(parts: OperationParts, rootType: GraphQLObjectType, conditions: readonly string[]) {
    this.#parts = parts;
    this.#rootType = rootType;
    this.#conditions = conditions;
  }

  /** The number of executions that graphql-js performed or completed. */
  get replays(): number {
    return this.#replays;
  }

  get canBeCompiled(): boolean {
    return this.#fieldsOf(0) !== null;
  }

  /**
   * Executes the operation, with the same result and errors as graphql-js. Each resolver is called at most once for
   * each place in the result. Never rejects or throws.
   *
   * @param rootValue the event, for a subscription
   */
  execute(context: unknown, variables: Variables, rootValue?: unknown): WrittenResult | Promise<WrittenResult> {
    const variant = this.#variantOf(variables.coerced);
    const fields = variant === null ? null : this.#fieldsOf(variant);
    if (!fields) return this.#interpret(context, variables, rootValue);
    const execution = new Execution(this.#parts, fields, { context, coerced: variables.coerced, rootValue });
    const replay = () => this.#interpret(context, variables, execution.replay());
    if (this.#parts.operation.operation === OperationTypeNode.MUTATION) return execution.runInSeries().catch(replay);
    try {
      const result = execution.runInParallel();
      return result instanceof Promise ? result.catch(replay) : result;
    } catch {
      return replay();
    }
  }

  #interpret(context: unknown, { raw }: Variables, rootValue: unknown): WrittenResult | Promise<WrittenResult> {
    this.#replays += 1;
    const { schema, document, operation } = this.#parts;
    const args = { schema, document, contextValue: context, variableValues: raw, rootValue };
    const result = execute({ ...args, operationName: operation.name?.value ?? null });
    return result instanceof Promise ? result.then(write) : write(result);
  }

  /** Encodes the values of the conditions, one bit each. Null if a value is not a boolean, which graphql-js reports. */
  #variantOf(coerced: Variables['coerced']): number | null {
    let variant = 0;
    for (const name of this.#conditions) {
      const value = coerced[name];
      if (typeof value !== 'boolean') return null;
      variant = variant * 2 + (value ? 1 : 0);
    }
    return variant;
  }

  #fieldsOf(variant: number): readonly RootField[] | null {
    const found = this.#variants[variant];
    if (found !== undefined) return found;
    const bits = this.#conditions.map((name, at): [string, boolean] => [
      name,
      ((variant >> (this.#conditions.length - 1 - at)) & 1) === 1,
    ]);
    const { schema, fragments, operation } = this.#parts;
    const scope = { schema, fragments, conditions: Object.fromEntries(bits) };
    const source = new WriterSource(scope, this.#fieldsLeft);
    const fields = compileRootFields(scope, this.#rootType, operation, source);
    this.#fieldsLeft -= source.fields;
    this.#variants[variant] = fields;
    return fields;
  }
}

function write({ data, errors }: ExecutionResult): WrittenResult {
  return { data: JSON.stringify(data ?? null), errors: errors ?? null };
}
