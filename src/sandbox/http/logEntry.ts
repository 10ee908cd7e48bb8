import type { RequestEffect } from '../faults/Fault.ts';
import type { Exchange } from '../exchange/Exchange.ts';
import type { Operation } from '../domain/matchOperation.ts';
import type { LogEntry } from '../exchange/RequestLog.ts';

/** The line of a request that has just arrived. */
export function logEntry(
  exchange: Exchange,
  operation: Operation,
  effects: readonly RequestEffect[],
  arrivedAt: number,
): LogEntry {
  return {
    arrivedAt,
    answeredAt: null,
    operation,
    path: exchange.path,
    requestId: exchange.requestId,
    idempotencyKey: exchange.request.headers['idempotency-key']?.toString() ?? null,
    status: null,
    rateLimitReset: Number(exchange.headers['X-RateLimit-Reset']),
    faults: effects.map(({ kind }) => kind),
  };
}
