import { collectDefaultMetrics, Registry } from 'prom-client';

import { OperationMetrics } from './OperationMetrics.ts';
import { registerStateMetrics } from './registerStateMetrics.ts';
import type { GatewayState } from './registerStateMetrics.ts';
import { UpstreamMetrics } from './UpstreamMetrics.ts';

/** The metrics of one gateway, and those of its process, in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly operations = new OperationMetrics(this.#registry);
  readonly upstream = new UpstreamMetrics(this.#registry);

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Adds the metrics of the gateway's state, which are read on each scrape. */
  watch(read: () => GatewayState): void {
    registerStateMetrics(this.#registry, read);
  }

  async text(): Promise<string> {
    const [own, ofProcess] = await Promise.all([this.#registry.metrics(), processMetrics().metrics()]);
    return `${own.trimEnd()}\n${ofProcess}`;
  }

  /** Releases the state that the metrics read. */
  close(): void {
    this.#registry.clear();
  }
}

let processRegistry: Registry | null = null;

/**
 * The metrics of the process: event loop, heap and garbage collection. All gateways in the process share them. They are
 * created on the first scrape, because the observers that they start can't be stopped.
 */
function processMetrics(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}
