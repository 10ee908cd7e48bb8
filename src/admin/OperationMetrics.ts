import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

import type { OperationEnd, OperationObserver, OperationWatch } from '../server/observe/OperationObserver.ts';

import { durationBuckets } from './durationBuckets.ts';

/** Operations by what they ask for. Each label has the words of the schema and of this gateway, and no client's. */
export class OperationMetrics implements OperationObserver {
  readonly #total: Counter<'operation' | 'kind' | 'outcome'>;
  readonly #seconds: Histogram<'operation' | 'kind'>;

  constructor(registry: Registry) {
    this.#total = new Counter({
      name: 'gateway_operations_total',
      help: 'Operations that have ended, by root field, kind and outcome: OK, the code of the first error, or the type of the first refusal.',
      labelNames: ['operation', 'kind', 'outcome'],
      registers: [registry],
    });
    this.#seconds = new Histogram({
      name: 'gateway_operation_seconds',
      help: 'From the document of a query or mutation to its result.',
      labelNames: ['operation', 'kind'],
      buckets: durationBuckets,
      registers: [registry],
    });
  }

  began(): OperationWatch {
    return { ended: (end) => this.#count(end) };
  }

  #count(end: OperationEnd): void {
    const { kind, outcome, ms } = end;
    const operation = labelOf(end);
    this.#total.inc({ operation, kind, outcome });
    if (kind === 'query' || kind === 'mutation') this.#seconds.observe({ operation, kind }, ms / 1_000);
  }
}

/** A root field; what selects several is no field's. */
function labelOf({ fields }: OperationEnd): string {
  const [field = 'unknown', ...others] = fields;
  if (others.length > 0) return 'several';
  return field.startsWith('__') ? 'introspection' : field;
}
