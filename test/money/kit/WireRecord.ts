import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../../kit/temporaryFolder.ts';

/** A line of `recordWire.mjs`. Times are in Unix ms, by the clock of the gateway's process. */
interface Line {
  kind: 'limit' | 'early';
  readAt: number;
  resetAt: number;
  sentAt?: number;
  method?: string;
  path?: string;
}

/** Records what a gateway in its own process sends and receives around a 429. */
export class WireRecord {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  static async start(): Promise<WireRecord> {
    return new WireRecord(join(await temporaryFolder(), 'wire.jsonl'));
  }

  /** The environment variables that the gateway needs. */
  get environment(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${import.meta.resolve('./recordWire.mjs')}`, WIRE_RECORD: this.#file };
  }

  /** The number of 429s that the gateway has read. */
  get limits(): number {
    return this.#lines().filter(({ kind }) => kind === 'limit').length;
  }

  /** Requests that the gateway began to write between a 429 and the reset. There must be none. */
  get early(): Line[] {
    return this.#lines().filter(({ kind }) => kind === 'early');
  }

  #lines(): Line[] {
    if (!existsSync(this.#file)) return [];
    const text = readFileSync(this.#file, 'utf8').trim();
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Line);
  }
}
