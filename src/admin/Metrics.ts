import { Registry } from 'prom-client';

import { OperationMetrics } from './OperationMetrics.ts';
import { processMetrics } from './processMetrics.ts';
import { registerStateMetrics } from './StateMetrics.ts';
import type { GatewayState } from './StateMetrics.ts';
import { UpstreamMetrics } from './UpstreamMetrics.ts';

/** The numbers of one gateway, in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly operations = new OperationMetrics(this.#registry);
  readonly upstream = new UpstreamMetrics(this.#registry);

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Before this is called, the page lacks what is read off the parts. */
  watch(read: () => GatewayState): void {
    registerStateMetrics(this.#registry, read);
  }

  async text(): Promise<string> {
    const [own, ofProcess] = await Promise.all([this.#registry.metrics(), processMetrics().metrics()]);
    return `${own.trimEnd()}\n${ofProcess}`;
  }

  /** Lets go of the parts. */
  close(): void {
    this.#registry.clear();
  }
}
