import type { RequestEffect } from '../faults/Fault.ts';
import type { Exchange } from './Exchange.ts';
import type { Operation } from '../api/matchOperation.ts';

export interface LogEntry {
  /** Real time of arrival, in milliseconds since 1970. */
  arrivedAt: number;
  /** Real time when the response was sent, or when the request ended without one. Null until then. */
  answeredAt: number | null;
  operation: Operation;
  path: string;
  requestId: string;
  idempotencyKey: string | null;
  /** The status of the response. Null until it is sent, and if the client got none. */
  status: number | null;
  /** Value of `X-RateLimit-Reset`, in seconds since 1970. */
  rateLimitReset: number;
  /** Kinds of the faults that fired. */
  faults: string[];
}

/** Creates the log entry of a request that has just arrived. */
export function createLogEntry(
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

/** Keeps the newest requests, and counts all requests by operation and status. */
export class RequestLog {
  readonly #size: number;
  #entries: LogEntry[] = [];
  #counts = new Map<Operation, { total: number; byStatus: Record<string, number> }>();

  constructor(size: number) {
    this.#size = size;
  }

  begin(entry: LogEntry): void {
    this.#entries.push(entry);
    // Discarding half of the entries at once keeps the cost per request constant.
    if (this.#entries.length > this.#size * 2) this.#entries = this.#entries.slice(-this.#size);
    this.#count(entry.operation).total += 1;
  }

  /** @param status null if the client got no response */
  end(entry: LogEntry, status: number | null, at: number): void {
    entry.status = status;
    entry.answeredAt = at;
    const { byStatus } = this.#count(entry.operation);
    const key = status === null ? 'lost' : String(status);
    byStatus[key] = (byStatus[key] ?? 0) + 1;
  }

  entries(): readonly LogEntry[] {
    return this.#size === 0 ? [] : this.#entries.slice(-this.#size);
  }

  counts(): object {
    return Object.fromEntries(this.#counts);
  }

  reset(): void {
    this.#entries = [];
    this.#counts.clear();
  }

  #count(operation: Operation): { total: number; byStatus: Record<string, number> } {
    const known = this.#counts.get(operation);
    if (known) return known;
    const fresh = { total: 0, byStatus: {} };
    this.#counts.set(operation, fresh);
    return fresh;
  }
}
