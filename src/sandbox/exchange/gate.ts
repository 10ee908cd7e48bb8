import type { IncomingHttpHeaders } from 'node:http';

import { Refusal, invalid } from '../domain/Refusal.ts';
import { type Answer, refused } from './Answer.ts';
import type { Credentials } from './Credentials.ts';
import type { Operation } from '../domain/matchOperation.ts';

const longestKey = 128;

/**
 * What a request is turned away with before anything else happens to it, by its head alone; null lets it in.
 * The order is that of the answers: rate limit, credentials (the token endpoint has its own), idempotency key.
 */
export function gate(
  operation: Operation,
  headers: IncomingHttpHeaders,
  withinRate: boolean,
  credentials: Credentials,
): Answer | null {
  if (!withinRate) return refused(new Refusal(429, 'rate limit exceeded'));
  const refusal = operation === 'token' ? null : credentials.check(headers.authorization);
  if (refusal) return refusal;
  if ((keyOf(operation, headers)?.length ?? 0) <= longestKey) return null;
  return refused(invalid(`Idempotency-Key must have at most ${longestKey} characters`));
}

/** The idempotency key, where the operation knows one; an empty one is none. */
export function keyOf(operation: Operation, headers: IncomingHttpHeaders): string | undefined {
  const keyed = operation === 'createJournal' || operation === 'createBatch';
  return keyed ? headers['idempotency-key']?.toString() || undefined : undefined;
}
