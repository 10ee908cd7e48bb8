import { Kind, execute } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import type { FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';

import { compileCost } from '../../plan/compileCost.ts';
import type { OperationCost } from '../../plan/compileCost.ts';
import { compileOperation } from '../../plan/compileOperation.ts';
import type { CompiledOperation } from '../../plan/compileOperation.ts';
import { compileVariables } from '../../plan/compileVariables.ts';
import type { Variables, VariablesCoercion } from '../../plan/compileVariables.ts';
import type { WrittenResult } from '../../plan/Execution.ts';

import { sharedOperation } from '../live/sharedOperation.ts';
import type { SharedOperation } from '../live/sharedOperation.ts';

/** Longer operation names are cut in logs and traces. */
const maxNameLength = 64;
/** Maximum number of errors in variables that are reported. */
const maxErrors = 5;

/** Everything that is computed once per operation of a document, however often the operation is executed. */
export class OperationPlan {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The name for logs; null without one. */
  readonly name: string | null;
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #definition: OperationDefinitionNode;
  readonly #suggests: boolean;
  #fields: readonly string[] | null = null;
  #shared: SharedOperation | null | undefined;
  #coerce: VariablesCoercion | null = null;
  #cost: OperationCost | null = null;
  /**
   * Undefined before the second execution: many documents are executed only once, and compiling takes longer than
   * executing. Null if the operation can't be compiled.
   */
  #compiled: CompiledOperation | null | undefined;
  #wasExecuted = false;

  constructor(schema: GraphQLSchema, document: DocumentNode, definition: OperationDefinitionNode, suggests: boolean) {
    this.#schema = schema;
    this.#document = document;
    this.#definition = definition;
    this.#suggests = suggests;
    this.kind = definition.operation;
    this.name = definition.name?.value.slice(0, maxNameLength) ?? null;
  }

  /** The distinct root fields, including those in fragments. */
  get fields(): readonly string[] {
    this.#fields ??= rootFieldsOf(this.#document, this.#definition);
    return this.#fields;
  }

  /** Whether it does nothing but wait: each root field has `extensions.waits` in the schema. */
  get onlyWaits(): boolean {
    const queries = this.kind === 'query' ? this.#schema.getQueryType()?.getFields() : undefined;
    return this.fields.every((name) => name === '__typename' || queries?.[name]?.extensions['waits'] === true);
  }

  /** The part of a subscription that subscribers can share; null if there is none. */
  get shared(): SharedOperation | null {
    if (this.#shared === undefined) {
      this.#shared = sharedOperation(this.#schema, this.#document, this.#definition.name?.value);
    }
    return this.#shared;
  }

  /** Coerces the variables of a request. */
  get coerceVariables(): VariablesCoercion {
    const options = { maxErrors, hideSuggestions: !this.#suggests };
    this.#coerce ??= compileVariables(this.#schema, this.#definition, options);
    return this.#coerce;
  }

  /** The highest cost with these variables. */
  cost({ coerced }: Variables): number {
    this.#cost ??= compileCost(this.#schema, this.#document, this.#definition);
    return this.#cost(coerced);
  }

  /** Returns the arguments for `execute` and `subscribe` of graphql-js. */
  argumentsWith(variableValues: Variables['raw'], contextValue: unknown): ExecutionArgs {
    const operationName = this.#definition.name?.value;
    return { schema: this.#schema, document: this.#document, operationName, variableValues, contextValue };
  }

  /** Executes a query or mutation. */
  execute(variables: Variables, context: unknown): WrittenResult | Promise<WrittenResult> {
    if (this.#wasExecuted && this.#compiled === undefined) {
      this.#compiled = compileOperation(this.#schema, this.#document, this.#definition);
    }
    this.#wasExecuted = true;
    if (this.#compiled) return this.#compiled.execute(context, variables);
    const result = execute(this.argumentsWith(variables.raw, context));
    return result instanceof Promise ? result.then(write) : write(result);
  }
}

function write({ data, errors }: ExecutionResult): WrittenResult {
  return { data: JSON.stringify(data ?? null), errors: errors ?? null };
}

function rootFieldsOf(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const fields = new Set<string>();
  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.add(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        // Each fragment is visited once.
        fragments.delete(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  return [...fields];
}
