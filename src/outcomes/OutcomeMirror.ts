import { LRUCache } from 'lru-cache';

import { isFinal } from './OutcomeRecord.ts';
import type { OutcomeRecord } from './OutcomeRecord.ts';

/** Memory for outcomes, in characters. */
const maxSize = 64 * 1_048_576;

/**
 * What a gateway knows about outcomes: its own, and settled ones that it has seen. While Redis can't be reached, the gateway
 * answers from this memory, and later stores again what Redis has lost.
 */
export class OutcomeMirror {
  readonly #records: LRUCache<string, OutcomeRecord>;
  /** Names of records that Redis may not have. */
  readonly #unwritten = new Set<string>();

  constructor(keptMs: number) {
    const sizeCalculation = ({ intent, items }: OutcomeRecord) => 500 + intent.length + items.length;
    this.#records = new LRUCache({ maxSize, sizeCalculation, ttl: keptMs });
  }

  get(name: string): OutcomeRecord | undefined {
    return this.#records.get(name);
  }

  getFinal(name: string): OutcomeRecord | null {
    const record = this.#records.get(name);
    return record && isFinal(record) ? record : null;
  }

  /** Stores a record that Redis has, too. */
  set(name: string, record: OutcomeRecord): void {
    this.#records.set(name, record);
    this.#unwritten.delete(name);
  }

  /** Stores a record that was read, unless Redis does not have yet what this gateway knows. */
  noteRead(name: string, record: OutcomeRecord): void {
    if (!this.#unwritten.has(name)) this.#records.set(name, record);
  }

  /** Stores a record that Redis does not have yet. */
  setUnwritten(name: string, record: OutcomeRecord): void {
    this.#records.set(name, record);
    this.#unwritten.add(name);
  }

  /** Notes that Redis has a record, unless it has changed meanwhile. */
  noteWritten(name: string, record: OutcomeRecord): void {
    if (this.#records.get(name) !== record) return;
    this.#unwritten.delete(name);
    if (record.state === 'forgotten') this.#records.delete(name);
  }

  /** Redis may have lost everything. */
  markAllUnwritten(): void {
    for (const name of this.#records.keys()) this.#unwritten.add(name);
  }

  unwritten(): [name: string, record: OutcomeRecord][] {
    return [...this.#unwritten].flatMap((name) => {
      const record = this.#records.get(name);
      if (!record) this.#unwritten.delete(name);
      return record ? [[name, record] satisfies [string, OutcomeRecord]] : [];
    });
  }
}
