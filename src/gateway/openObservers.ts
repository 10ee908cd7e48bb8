import type { Metrics } from '../admin/Metrics.ts';
import type { Part } from '../concurrency/closeAll.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import { operationLog } from '../engine/observe/operationLog.ts';
import type { OperationObserver } from '../engine/observe/OperationObserver.ts';
import type { Log } from '../log.ts';
import type { Tracing } from '../tracing/Tracing.ts';
import type { UpstreamObserver } from '../upstream/transport/UpstreamObserver.ts';

export interface Observers {
  operations: readonly OperationObserver[];
  upstream: readonly UpstreamObserver[];
  /** Null without an admin port, which alone shows them. */
  metrics: Metrics | null;
}

/** Loads what observes operations and API requests, and the packages for it, only if something shows the result. */
export async function openObservers(config: GatewayConfig, opened: Part[], log: Log): Promise<Observers> {
  const tracing = await openTracing(config, log);
  opened.push(['the traces', () => tracing?.close()]);
  const metrics = await openMetrics(config);
  opened.push(['the metrics', () => metrics?.close()]);
  const observers = [metrics, tracing].filter((each) => each !== null);
  return {
    operations: [operationLog(log), ...observers.map(({ operations }) => operations)],
    upstream: observers.map(({ upstream }) => upstream),
    metrics,
  };
}

async function openTracing({ tracing }: GatewayConfig, log: Log): Promise<Tracing | null> {
  if (!tracing) return null;
  const { Tracing } = await import('../tracing/Tracing.ts');
  return new Tracing({ ...tracing, log });
}

async function openMetrics({ admin }: GatewayConfig): Promise<Metrics | null> {
  if (!admin) return null;
  const { Metrics } = await import('../admin/Metrics.ts');
  return new Metrics();
}
