import type { IncomingHttpHeaders } from 'node:http';

import type { Operation } from './matchOperation.ts';
import { invalid } from './Refusal.ts';

/** One request to the API with its complete body. */
export interface ApiRequest {
  operation: Operation;
  /** The id in the path, or `''` if the operation has none. */
  id: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Reads a query parameter. Returns undefined if it is absent or empty.
 *
 * @param expected completes the sentence "the parameter must be …"
 * @throws Refusal 400 if `read` returns null
 */
export function readParameter<Value>(
  query: URLSearchParams,
  name: string,
  expected: string,
  read: (text: string) => Value | null,
): Value | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  const value = read(text);
  if (value === null) throw invalid(`${name} must be ${expected}, found ${JSON.stringify(text)}`);
  return value;
}

/** Parses decimal digits as a whole number from 0 to `max`. Returns null for anything else. */
export function parseWholeNumber(text: string, max = Number.MAX_SAFE_INTEGER): number | null {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  return number <= max ? number : null;
}

/** Returns the idempotency key if the operation accepts one. An empty header counts as absent. */
export function idempotencyKeyOf(operation: Operation, headers: IncomingHttpHeaders): string | undefined {
  const acceptsKey = operation === 'createJournal' || operation === 'createBatch';
  return acceptsKey ? headers['idempotency-key']?.toString() || undefined : undefined;
}
