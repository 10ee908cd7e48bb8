import { LRUCache } from 'lru-cache';

import { lruCache } from '../lruCache.ts';

import { recordNameOfId } from './OutcomeRecord.ts';
import type { OutcomeRecord } from './OutcomeRecord.ts';

/** Maximum size of the stored outcomes, in characters. */
const maxSize = 64 * 1_048_576;
/** How long forgotten claims are kept, in ms: longer than a command that timed out may take to arrive at Redis. */
const forgottenMs = 600_000;

/**
 * What a gateway knows about outcomes: its own, and settled ones that it has read. While Redis can't be reached, the
 * gateway answers from this memory. Later it stores again what Redis has lost.
 *
 * Commands that timed out may still be executed, and in a different order. So Redis may state that a call of this
 * gateway is still running although the call has ended, or that a key is claimed although the claim was removed. The
 * gateway corrects such records.
 */
export class OutcomeMirror {
  /** Ids of this gateway's claims whose calls have not ended. An id is added before its claim is sent to Redis. */
  readonly inFlight = new Set<string>();
  /** The id of this gateway. */
  readonly #sender: string;
  /** Records by name, see `recordNameOf`. */
  readonly #records: LRUCache<string, OutcomeRecord>;
  /** Names of records that Redis may not have. */
  readonly #unwritten = new Set<string>();
  /** Claims that failed or were removed, by id. The batches of these claims were not done. */
  readonly #forgotten = new LRUCache<string, OutcomeRecord>({ ...lruCache(10_000), ttl: forgottenMs });

  constructor(sender: string, keptMs: number) {
    const sizeCalculation = ({ intent, items }: OutcomeRecord) => 500 + intent.length + items.length;
    this.#sender = sender;
    this.#records = new LRUCache({ maxSize, sizeCalculation, ttl: keptMs });
  }

  get(name: string): OutcomeRecord | undefined {
    return this.#records.get(name);
  }

  /** Stores a record that Redis has as well. */
  set(record: OutcomeRecord): void {
    const name = recordNameOfId(record.id);
    this.#records.set(name, record);
    this.#unwritten.delete(name);
  }

  /** Stores a record that was read from Redis, unless this gateway has a newer record to be written to Redis. */
  noteRead(record: OutcomeRecord): void {
    if (!this.#unwritten.has(recordNameOfId(record.id))) this.set(record);
  }

  /** Stores a record that Redis does not have yet. */
  setUnwritten(record: OutcomeRecord): void {
    const name = recordNameOfId(record.id);
    if (record.state === 'forgotten') this.#forgotten.set(record.id, record);
    this.#records.set(name, record);
    this.#unwritten.add(name);
  }

  /** Marks a record as stored in Redis, unless the record has changed in the meantime. */
  noteWritten(record: OutcomeRecord): void {
    const name = recordNameOfId(record.id);
    if (this.#records.get(name) !== record) return;
    this.#unwritten.delete(name);
    if (record.state === 'forgotten') this.#records.delete(name);
  }

  /** Must be called when Redis may have lost everything. */
  markAllUnwritten(): void {
    for (const name of this.#records.keys()) this.#unwritten.add(name);
  }

  unwritten(): OutcomeRecord[] {
    return [...this.#unwritten].flatMap((name) => {
      const record = this.#records.get(name);
      if (!record) this.#unwritten.delete(name);
      return record ?? [];
    });
  }

  /**
   * Returns the record to be stored in Redis in place of one that was read; null if the record that was read is right.
   */
  correctionOf(found: OutcomeRecord): OutcomeRecord | null {
    const forgotten = this.#forgotten.get(found.id);
    if (forgotten) return forgotten;
    if (found.state !== 'open' || found.sender !== this.#sender || this.inFlight.has(found.id)) return null;
    const known = this.#records.get(recordNameOfId(found.id));
    return { ...(known?.id === found.id ? known : found), sender: '' };
  }
}
