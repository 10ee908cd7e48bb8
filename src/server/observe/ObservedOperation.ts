import { getOperationAST } from 'graphql';
import type { DocumentNode } from 'graphql';

import type { OperationBegin, OperationEnd, OperationObserver, OperationWatch } from './OperationObserver.ts';
import { rootFieldsOf } from './rootFieldsOf.ts';

/** Clients may call their operations what they like, at whatever length. */
const maxNameLength = 64;

/** One operation, from its document to its result, as its observers are to hear of it: its end is told once. */
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
  read(document: DocumentNode, operationName: string | null | undefined): void {
    const operation = getOperationAST(document, operationName);
    if (!operation) return;
    this.#about = {
      kind: operation.operation,
      fields: rootFieldsOf(document, operation),
      name: operation.name?.value.slice(0, maxNameLength) ?? null,
    };
  }

  /** Runs what executes it, for those who want to know what is called there. */
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
