import { Kind, OperationTypeNode, execute } from 'graphql';
import type {
  DocumentNode,
  ExecutionResult,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';

import { collectFields } from './collectFields.ts';
import { CallSite } from './CallSite.ts';
import type { Variables } from './compileVariables.ts';
import { conditionNames } from './conditionNames.ts';
import { Execution, pending } from './Execution.ts';
import type { OperationParts, RootField, WrittenResult } from './Execution.ts';
import { fail, leafText, quote } from './jsonText.ts';
import { prepareReplays } from './Replay.ts';
import { SourceTooLongError, WriterSource } from './WriterSource.ts';

/** Most variables on which `@skip` and `@include` may depend: each combination of their values has code of its own. */
const maxConditions = 4;

/**
 * Compiles an operation of a validated document into code that writes its result.
 *
 * @returns null if it can't be compiled; graphql-js executes it with the same result
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
  /** By the values of the conditions; null if the code would be too long. */
  readonly #variants: (readonly RootField[] | null | undefined)[] = [];
  #replays = 0;

  constructor(parts: OperationParts, rootType: GraphQLObjectType, conditions: readonly string[]) {
    this.#parts = parts;
    this.#rootType = rootType;
    this.#conditions = conditions;
  }

  /** How many executions graphql-js had to do or to complete. */
  get replays(): number {
    return this.#replays;
  }

  get canBeCompiled(): boolean {
    return this.#fieldsOf(0) !== null;
  }

  /**
   * Executes the operation. The result is that of graphql-js, and so are its errors. Each resolver is called at most once
   * for each place in the result. Never rejects or throws.
   *
   * @param rootValue of a subscription: the event
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

  /** One bit per condition; null if one is not a boolean, which is an error. */
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
    const bits = this.#conditions.map((name, at) => [
      name,
      ((variant >> (this.#conditions.length - 1 - at)) & 1) === 1,
    ]);
    const fields = compileFields(this.#parts, this.#rootType, Object.fromEntries(bits) as Record<string, boolean>);
    this.#variants[variant] = fields;
    return fields;
  }
}

/** Null if it has fields of introspection or its code would be too long. */
function compileFields(
  { schema, fragments, operation }: OperationParts,
  rootType: GraphQLObjectType,
  conditions: Record<string, boolean>,
): RootField[] | null {
  const scope = { schema, fragments, conditions };
  const source = new WriterSource(scope);
  const names: string[] = [];
  const fields: Omit<RootField, 'write'>[] = [];
  try {
    for (const [key, [node, ...others]] of collectFields(scope, rootType, [operation.selectionSet])) {
      if (!node) continue;
      const label = `${fields.length === 0 ? '' : ','}${JSON.stringify(key)}:`;
      const path = { prev: undefined, key, typename: rootType.name };
      if (node.name.value === '__typename') {
        fields.push({ label: label + JSON.stringify(rootType.name), site: null, path });
        names.push('fail');
        continue;
      }
      if (!rootType.getFields()[node.name.value]) return null;
      const site = new CallSite(key, rootType, [node, ...others]);
      fields.push({ label, site, path });
      names.push(source.addRoot(site));
    }
  } catch (error) {
    if (error instanceof SourceTooLongError) return null;
    throw error;
  }
  const writers = evaluate(source, names);
  return fields.map((field, at) => ({ ...field, write: writers[at] ?? fail }));
}

/** The code has names of the schema and of the document as JSON strings only, and no other text of a client. */
function evaluate({ text, constants }: WriterSource, names: readonly string[]): RootField['write'][] {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const create = new Function(
    'c',
    'quote',
    'leafText',
    'fail',
    'pending',
    `${text}\nreturn [${names.join()}];`,
  ) as CreateWriters;
  return create(constants, quote, leafText, fail, pending);
}

type CreateWriters = (...values: unknown[]) => RootField['write'][];

function write({ data, errors }: ExecutionResult): WrittenResult {
  return { data: JSON.stringify(data ?? null), errors: errors ?? null };
}
