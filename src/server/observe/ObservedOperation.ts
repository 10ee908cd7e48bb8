import { getOperationAST, Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';

import type { OperationBegin, OperationEnd, OperationObserver, OperationWatch } from './OperationObserver.ts';

/** Longer operation names are cut. */
const maxNameLength = 64;

/** One operation, from its document to its result. Its observers are notified of its end once. */
export class ObservedOperation {
  readonly #watches: OperationWatch[];
  readonly #begin: OperationBegin;
  readonly #begunAt = performance.now();
  #about: Pick<OperationEnd, 'kind' | 'fields' | 'name'> = { kind: 'unknown', fields: [], name: null };
  #isOver = false;

  constructor(observers: readonly OperationObserver[], begin: OperationBegin) {
    this.#begin = begin;
    this.#watches = observers.map((observer) => observer.began(begin));
  }

  /** @param document a valid one */
  setDocument(document: DocumentNode, operationName: string | null | undefined): void {
    const operation = getOperationAST(document, operationName);
    if (!operation) return;
    this.#about = {
      kind: operation.operation,
      fields: rootFieldsOf(document, operation),
      name: operation.name?.value.slice(0, maxNameLength) ?? null,
    };
  }

  /** Executes the operation inside the wrappers of its observers. */
  run<Result>(execute: () => Result): Result {
    const running = this.#watches.reduce<() => Result>(
      (inner, watch) => (watch.run ? () => watch.run?.(inner) ?? inner() : inner),
      execute,
    );
    return running();
  }

  end(outcome: string, upstreamRequestId: string | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const ms = performance.now() - this.#begunAt;
    const end = { ...this.#about, principal: this.#begin.principal, outcome, upstreamRequestId, ms };
    for (const watch of this.#watches) watch.ended(end);
  }
}

/** The distinct root fields of an operation, including those in fragments. */
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
