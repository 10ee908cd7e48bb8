import { LRUCache } from 'lru-cache';

import { lruCache } from '../lruCache.ts';

import type { OutcomeRecord } from './OutcomeRecord.ts';

/** Late commands arrive before this, in ms. */
const keptMs = 600_000;

/**
 * The claims of one gateway in Redis, and whether their calls are in flight. Commands that timed out may still be executed,
 * and in another order, so Redis can say that a call is under way when it has ended, or that a key is claimed when its
 * claim was removed.
 */
export class OwnClaims {
  readonly #sender: string;
  readonly #inFlight = new Set<string>();
  /** Claims that failed or were removed, by id. Their batches were not done. */
  readonly #forgotten = new LRUCache<string, OutcomeRecord>({ ...lruCache(10_000), ttl: keptMs });

  /** @param sender this gateway */
  constructor(sender: string) {
    this.#sender = sender;
  }

  /** Before the claim is sent to Redis. */
  begin(id: string): void {
    this.#inFlight.add(id);
  }

  /** When the call has ended, or when there will be none. */
  end(id: string): void {
    this.#inFlight.delete(id);
  }

  /** Notes that the key of a claim may be used again. */
  forget(record: OutcomeRecord): void {
    this.#forgotten.set(record.id, record);
  }

  isInFlight(id: string): boolean {
    return this.#inFlight.has(id);
  }

  /**
   * What is to be stored instead of a record that was read from Redis; null if it is right.
   *
   * @param known what this gateway knows about the key
   */
  correctionOf(found: OutcomeRecord, known: OutcomeRecord | undefined): OutcomeRecord | null {
    const forgotten = this.#forgotten.get(found.id);
    if (forgotten) return forgotten;
    if (found.state !== 'open' || found.sender !== this.#sender || this.#inFlight.has(found.id)) return null;
    return { ...(known?.id === found.id ? known : found), sender: '' };
  }
}
