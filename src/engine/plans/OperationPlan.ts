import { Kind, execute, getVariableValues } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import type { FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';

import { sharedOperation } from '../live/sharedOperation.ts';
import type { SharedOperation } from '../live/sharedOperation.ts';
import { operationCost } from '../limits/operationCost.ts';
import type { WrittenResult } from './WrittenResult.ts';

/** Longer operation names are cut in logs and traces. */
const maxNameLength = 64;

export type Variables = Readonly<Record<string, unknown>>;

/** What is found out about an operation of a valid document once, however often it is executed. */
export class OperationPlan {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The name for logs; null without one. */
  readonly name: string | null;
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #definition: OperationDefinitionNode;
  #fields: readonly string[] | null = null;
  #shared: SharedOperation | null | undefined;

  constructor(schema: GraphQLSchema, document: DocumentNode, definition: OperationDefinitionNode) {
    this.#schema = schema;
    this.#document = document;
    this.#definition = definition;
    this.kind = definition.operation;
    this.name = definition.name?.value.slice(0, maxNameLength) ?? null;
  }

  /** The distinct root fields, including those in fragments. */
  get fields(): readonly string[] {
    this.#fields ??= rootFieldsOf(this.#document, this.#definition);
    return this.#fields;
  }

  /** The part of a subscription that its subscribers share; null if they can't. */
  get shared(): SharedOperation | null {
    if (this.#shared === undefined) {
      this.#shared = sharedOperation(this.#schema, this.#document, this.#definition.name?.value);
    }
    return this.#shared;
  }

  /** Coerces the variables of a request. @returns the errors; empty if they are valid */
  checkVariables(variables: Variables, options: { maxErrors: number; hideSuggestions: boolean }) {
    const definitions = this.#definition.variableDefinitions ?? [];
    const { errors = [] } = getVariableValues(this.#schema, definitions, { ...variables }, options);
    return errors;
  }

  /** The highest cost with these variables, which must be valid. */
  cost(variables: Variables): number {
    return operationCost(this.argumentsWith(variables, undefined));
  }

  /** The arguments of graphql's functions. */
  argumentsWith(variables: Variables, contextValue: unknown): ExecutionArgs {
    return {
      schema: this.#schema,
      document: this.#document,
      operationName: this.#definition.name?.value,
      variableValues: variables,
      contextValue,
    };
  }

  /** Executes a query or mutation. */
  execute(variables: Variables, context: unknown): WrittenResult | Promise<WrittenResult> {
    const result = execute(this.argumentsWith(variables, context));
    return result instanceof Promise ? result.then(write) : write(result);
  }
}

function write({ data, errors = [] }: ExecutionResult): WrittenResult {
  return { data: data === undefined ? undefined : JSON.stringify(data), errors };
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
