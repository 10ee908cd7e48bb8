import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

import type {
  UpstreamAttempt,
  UpstreamEnd,
  UpstreamObserver,
  UpstreamWatch,
} from '../upstream/transport/UpstreamObserver.ts';

import { durationBuckets } from './OperationMetrics.ts';

/** Metrics of requests to the API. Every attempt of a request is counted. */
export class UpstreamMetrics implements UpstreamObserver {
  readonly #total: Counter<'endpoint' | 'status' | 'outcome'>;
  readonly #retries: Counter<'endpoint'>;
  readonly #seconds: Histogram<'endpoint'>;

  constructor(registry: Registry) {
    this.#total = new Counter({
      name: 'gateway_upstream_calls_total',
      help: 'Attempts of requests to the API by endpoint, status class (none without a response) and outcome, see docs/money.md.',
      labelNames: ['endpoint', 'status', 'outcome'],
      registers: [registry],
    });
    this.#retries = new Counter({
      name: 'gateway_upstream_retries_total',
      help: 'Attempts of requests to the API after the first attempt.',
      labelNames: ['endpoint'],
      registers: [registry],
    });
    this.#seconds = new Histogram({
      name: 'gateway_upstream_call_seconds',
      help: 'Duration of attempts, including waits for the rate limit and a socket; for event streams, the time until they began.',
      labelNames: ['endpoint'],
      buckets: durationBuckets,
      registers: [registry],
    });
  }

  began({ endpoint, number }: UpstreamAttempt): UpstreamWatch {
    const begunAt = performance.now();
    if (number > 1) this.#retries.inc({ endpoint });
    return {
      ended: ({ status, outcome }) => {
        this.#total.inc({ endpoint, status: classOf(status), outcome });
        this.#seconds.observe({ endpoint }, (performance.now() - begunAt) / 1_000);
      },
    };
  }
}

function classOf(status: UpstreamEnd['status']): string {
  return status === null ? 'none' : `${Math.floor(status / 100)}xx`;
}
