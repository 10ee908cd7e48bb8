import { readFileSync } from 'node:fs';

import { ask } from '../../kit/ask.ts';
import { Binary } from '../../kit/startBinary.ts';

import { LiveSandbox } from './LiveSandbox.ts';

/** A sandbox and a gateway, each in its own process, so that both can be disturbed and killed. */
export class LiveStage extends LiveSandbox {
  #gateway: Binary | null = null;
  #port = '0';
  #url = '';

  static async open(environment: Record<string, string> = {}): Promise<LiveStage> {
    const stage = new LiveStage(await LiveSandbox.startProcess());
    Object.assign(stage.environment, environment);
    await stage.startGateway();
    return stage;
  }

  /** Every gateway of this stage has the same URL. */
  get url(): string {
    return this.#url;
  }

  async startGateway(): Promise<void> {
    this.#gateway = new Binary(['serve', '--port', this.#port], this.environment);
    this.#url = await this.#gateway.printed(/^GraphQL +(\S+)$/m);
    this.#port = new URL(this.#url).port;
  }

  async endGateway(signal: NodeJS.Signals): Promise<void> {
    this.#gateway?.kill(signal);
    await this.#gateway?.exit;
  }

  /** Returns the gateway's resident memory, in bytes. */
  gatewayMemory(): number {
    const status = readFileSync(`/proc/${this.#gateway?.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }

  async cursor(): Promise<string> {
    const { data } = await ask<{ journalStatusCursor: string | null }>(this.#url, '{ journalStatusCursor }');
    const cursor = data?.journalStatusCursor;
    if (cursor == null) throw new Error('the feed is not open');
    return cursor;
  }
}
