import type { IncomingHttpHeaders } from 'node:http';

import type { Operation } from './matchOperation.ts';

/** One request to the API with its complete body. */
export interface ApiRequest {
  operation: Operation;
  /** The id in the path, `''` if the operation has none. */
  id: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A query parameter. An empty one counts as none. */
export function parameterOf(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

/** The idempotency key, if the operation accepts one. An empty header counts as none. */
export function idempotencyKeyOf(operation: Operation, headers: IncomingHttpHeaders): string | undefined {
  const acceptsKey = operation === 'createJournal' || operation === 'createBatch';
  return acceptsKey ? headers['idempotency-key']?.toString() || undefined : undefined;
}
