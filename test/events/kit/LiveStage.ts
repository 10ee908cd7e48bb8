import { readFileSync } from 'node:fs';

import { Binary } from '../../kit/startBinary.ts';

import { cursorOf } from './cursors.ts';
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

  cursor(): Promise<string> {
    return cursorOf(this.#url);
  }
}
