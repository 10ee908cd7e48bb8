import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { IdempotencyConflictError } from '../domain/refusals.ts';

interface Outcome {
  /** Of the input, to tell a repeat from another request under the same key. */
  fingerprint: string;
  result: Promise<unknown>;
}

export interface OutcomeStoreOptions {
  /** How many keys are remembered; the oldest is forgotten first. Default 100,000. */
  max?: number;
  /** For how long, in ms. Default 24 hours. */
  ttlMs?: number;
}

/**
 * What became of a keyed request whose endpoint knows no keys: the reverse batch.
 * A key is sent at most once; a repeat gets the first one's outcome, a lost answer included, and a twin waits for it.
 * What surely was not done leaves no trace, so that the key can be used again.
 */
export class OutcomeStore {
  readonly #outcomes: LRUCache<string, Outcome>;

  constructor({ max = 100_000, ttlMs = 86_400_000 }: OutcomeStoreOptions = {}) {
    this.#outcomes = new LRUCache({ max, ttl: ttlMs });
  }

  /**
   * @param key unique across principals
   * @param notDone tells an error that proves that nothing was done
   * @throws IdempotencyConflictError when the key was used with another input; else what `send` throws
   */
  once<Result>(
    key: string,
    idempotencyKey: string,
    input: unknown,
    send: () => Promise<Result>,
    notDone: (error: unknown) => boolean,
  ): Promise<Result> {
    const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('base64');
    const known = this.#outcomes.get(key);
    if (known) {
      if (known.fingerprint !== fingerprint) throw conflict(idempotencyKey);
      return known.result as Promise<Result>;
    }
    const result = send();
    const outcome: Outcome = { fingerprint, result };
    this.#outcomes.set(key, outcome);
    result.catch((error: unknown) => {
      if (notDone(error) && this.#outcomes.peek(key) === outcome) this.#outcomes.delete(key);
    });
    return result;
  }
}

function conflict(idempotencyKey: string): IdempotencyConflictError {
  const message = 'this idempotency key was used before, with another input';
  return new IdempotencyConflictError({ message, requestId: null, upstreamCode: null }, idempotencyKey);
}
