import { Kind } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { measureDocument } from '../limits/measureDocument.ts';
import type { MeasuredDocument } from '../limits/measureDocument.ts';
import type { Refusal } from '../answers/Refusal.ts';
import { OperationPlan } from './OperationPlan.ts';

/** Everything that is computed once per document, however often the document is sent. */
export class DocumentPlan {
  readonly document: DocumentNode;
  readonly size: MeasuredDocument;
  /** `valid`, or the refusal with the errors of the document; null before validation. */
  validity: 'valid' | Refusal | null = null;
  readonly #schema: GraphQLSchema;
  readonly #suggests: boolean;
  readonly #definitions: readonly OperationDefinitionNode[];
  readonly #operations = new Map<OperationDefinitionNode, OperationPlan>();

  /**
   * @param maxFields see `measureDocument`
   * @param suggests whether errors may suggest names of the schema
   */
  constructor(schema: GraphQLSchema, document: DocumentNode, maxFields: number, suggests: boolean) {
    this.#schema = schema;
    this.#suggests = suggests;
    this.document = document;
    this.size = measureDocument(document, maxFields);
    this.#definitions = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  }

  /**
   * @param name may be left out if the document has only one operation
   * @returns null if there is no such operation
   */
  operation(name: string | null | undefined): OperationPlan | null {
    const definition = this.#find(name);
    if (!definition) return null;
    let plan = this.#operations.get(definition);
    if (!plan) {
      plan = new OperationPlan(this.#schema, this.document, definition, this.#suggests);
      this.#operations.set(definition, plan);
    }
    return plan;
  }

  #find(name: string | null | undefined): OperationDefinitionNode | undefined {
    if (name === null || name === undefined) return this.#definitions.length === 1 ? this.#definitions[0] : undefined;
    return this.#definitions.find((definition) => definition.name?.value === name);
  }
}
