import type { Operation } from '../domain/matchOperation.ts';

export interface LogEntry {
  /** Real time of arrival, milliseconds since 1970. */
  arrivedAt: number;
  /** Real time at which the answer was handed to the socket; null while it is under way. */
  answeredAt: number | null;
  operation: Operation;
  path: string;
  requestId: string;
  idempotencyKey: string | null;
  /** What the client saw; null when it saw no answer. */
  status: number | null;
  /** What `X-RateLimit-Reset` said, seconds since 1970. */
  rateLimitReset: number;
  /** Kinds of the faults that befell it. */
  faults: string[];
}

/** The last requests, and counts of all of them by operation and status. */
export class RequestLog {
  readonly #size: number;
  #entries: LogEntry[] = [];
  #counts = new Map<Operation, { total: number; byStatus: Record<string, number> }>();

  constructor(size: number) {
    this.#size = size;
  }

  begin(entry: LogEntry): void {
    this.#entries.push(entry);
    // Cutting off half at once keeps each request cheap.
    if (this.#entries.length > this.#size * 2) this.#entries = this.#entries.slice(-this.#size);
    this.#count(entry.operation).total += 1;
  }

  /** @param status null when the answer was lost */
  end(entry: LogEntry, status: number | null, at: number): void {
    entry.status = status;
    entry.answeredAt = at;
    const { byStatus } = this.#count(entry.operation);
    const word = status === null ? 'lost' : String(status);
    byStatus[word] = (byStatus[word] ?? 0) + 1;
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
