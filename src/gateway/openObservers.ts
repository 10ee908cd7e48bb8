import type { Part } from '../concurrency/closeAll.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import { operationLog } from '../engine/observe/operationLog.ts';
import type { Log } from '../log.ts';

/** Opens the observers of operations and API requests. Traces and metrics are loaded only if they are configured. */
export async function openObservers(config: GatewayConfig, opened: Part[], log: Log) {
  const tracing = config.tracing && new (await import('../tracing/Tracing.ts')).Tracing({ ...config.tracing, log });
  opened.push(['the traces', () => tracing?.close()]);
  const metrics = config.admin && new (await import('../admin/Metrics.ts')).Metrics();
  opened.push(['the metrics', () => metrics?.close()]);
  const observers = [metrics, tracing].filter((each) => each !== null);
  return {
    operations: [operationLog(log), ...observers.map(({ operations }) => operations)],
    upstream: observers.map(({ upstream }) => upstream),
    metrics,
  };
}
