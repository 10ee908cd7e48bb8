import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

import type { OperationEnd, OperationObserver } from '../engine/observe/OperationObserver.ts';

/** Upper bounds in seconds, from the duration of a cached read to the longest deadline of a write. */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of operations. Labels hold names from the schema and the gateway only, so clients can't add series. */
export class OperationMetrics implements OperationObserver {
  readonly #total: Counter<'operation' | 'kind' | 'outcome'>;
  readonly #seconds: Histogram<'operation' | 'kind'>;

  constructor(registry: Registry) {
    this.#total = new Counter({
      name: 'gateway_operations_total',
      help: 'Finished operations by root field, kind and outcome: OK, the code of the first error, or the type of the first refusal.',
      labelNames: ['operation', 'kind', 'outcome'],
      registers: [registry],
    });
    this.#seconds = new Histogram({
      name: 'gateway_operation_seconds',
      help: 'Time from receiving the document of a query or mutation until its result is complete.',
      labelNames: ['operation', 'kind'],
      buckets: durationBuckets,
      registers: [registry],
    });
  }

  ended(end: OperationEnd): void {
    const { kind, outcome, ms } = end;
    const operation = labelOf(end);
    this.#total.inc({ operation, kind, outcome });
    if (kind === 'query' || kind === 'mutation') this.#seconds.observe({ operation, kind }, ms / 1_000);
  }
}

/** The root field, or `several` if there is more than one. */
function labelOf({ fields }: OperationEnd): string {
  const [field = 'unknown', ...others] = fields;
  if (others.length > 0) return 'several';
  return field.startsWith('__') ? 'introspection' : field;
}
