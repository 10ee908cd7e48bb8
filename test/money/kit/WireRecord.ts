import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../../kit/temporaryFolder.ts';

/** A line of `recordWire.mjs`; times in unix ms, as the gateway's process has them. */
interface Line {
  kind: 'limit' | 'early';
  readAt: number;
  resetAt: number;
  sentAt?: number;
  method?: string;
  path?: string;
}

/** What a gateway in a process of its own does on the wire around a 429, seen from its side. */
export class WireRecord {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  static async start(): Promise<WireRecord> {
    return new WireRecord(join(await temporaryFolder(), 'wire.jsonl'));
  }

  /** What the gateway has to be started with. */
  get environment(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${import.meta.resolve('./recordWire.mjs')}`, WIRE_RECORD: this.#file };
  }

  /** How often it read a 429. */
  get limits(): number {
    return this.#lines().filter(({ kind }) => kind === 'limit').length;
  }

  /** Requests that it began to write after it had read a 429 and before the reset: none is what is promised. */
  get early(): Line[] {
    return this.#lines().filter(({ kind }) => kind === 'early');
  }

  #lines(): Line[] {
    if (!existsSync(this.#file)) return [];
    const text = readFileSync(this.#file, 'utf8').trim();
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Line);
  }
}
