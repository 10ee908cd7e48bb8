import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';
import type { Binary } from '../../kit/startBinary.ts';
import { temporaryFolder } from '../../kit/temporaryFolder.ts';
import { auditLedger } from './auditLedger.ts';
import { ann, bob, cash, shares, sweep } from './journals.ts';
import { SandboxClient, startCommand } from './startSandbox.ts';

interface Sent {
  key: string;
  path: string;
  body: object;
  /** The number of journals that the request creates. */
  journals: number;
  /** The body of the response; undefined if none has arrived. */
  answer: string | undefined;
}

export interface KillReport {
  rounds: number;
  acknowledged: number;
  unknown: number;
  problems: string[];
}

const workers = 16;
const flags = ['--settle-delay', '5', '--firm-daily-limit', '1000000'];

/**
 * Kills the built sandbox under load with kill -9 in each round. Reports the requests that are lost and other problems.
 */
export async function killRounds(rounds: number, seed: number): Promise<KillReport> {
  const run = new KillRun(join(await temporaryFolder(), 'ledger.db'), seed);
  try {
    await run.start();
    for (let round = 0; round < rounds; round += 1) await run.round();
    return await run.finish(rounds);
  } finally {
    await run.end();
  }
}

class KillRun {
  readonly #file: string;
  readonly #random: () => number;
  readonly #sent: Sent[] = [];
  readonly #problems: string[] = [];
  #unknown = 0;
  /** Called for each acknowledged request. */
  #acknowledged: () => void = () => undefined;
  #command: Binary | undefined;
  #client = new SandboxClient('');

  constructor(file: string, seed: number) {
    this.#file = file;
    this.#random = seededRandom(seed);
  }

  /** Runs a round. The process that is started and checked at its end gets the load of the next round. */
  async round(): Promise<void> {
    const before = this.#sent.length;
    const enough = this.#untilAcknowledged(3 + Math.floor(this.#random() * 100));
    const load = Array.from({ length: workers }, () => this.#send());
    // At that moment, the requests of the other workers are anywhere between the socket and the disk.
    await enough;
    await this.end();
    await Promise.all(load);
    await this.start();
    await this.#check(this.#sent.slice(before));
  }

  async finish(rounds: number): Promise<KillReport> {
    await this.#check(this.#sent);
    return {
      rounds,
      acknowledged: this.#sent.length - this.#unknown,
      unknown: this.#unknown,
      problems: this.#problems,
    };
  }

  async end(): Promise<void> {
    await this.#command?.end('SIGKILL');
    await this.#client.close();
  }

  async start(): Promise<void> {
    const { command, url } = await startCommand(['--data', this.#file, ...flags]);
    this.#command = command;
    this.#client = new SandboxClient(url);
  }

  /** Resolves after a number of responses. A number of seconds would mean fewer responses on a busy machine. */
  #untilAcknowledged(count: number): Promise<void> {
    let left = count;
    return new Promise((resolve) => {
      this.#acknowledged = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
  }

  /** Sends requests one after another until one gets no response. */
  async #send(): Promise<void> {
    for (;;) {
      const sent = this.#next();
      this.#sent.push(sent);
      try {
        const { text } = await this.#client.post(sent.path, sent.body, { 'idempotency-key': sent.key });
        sent.answer = text;
        this.#acknowledged();
      } catch {
        this.#unknown += 1;
        return;
      }
    }
  }

  #next(): Sent {
    const key = `key-${this.#sent.length}`;
    const kind = this.#random();
    if (kind < 0.6)
      return { key, path: '/v1/journals', body: cash({ amount: '0.01' }), journals: 1, answer: undefined };
    if (kind < 0.7)
      return { key, path: '/v1/journals', body: shares({ qty: '0.001' }), journals: 1, answer: undefined };
    const entries = [ann, bob].map((to_account) => ({ to_account, amount: '0.02' }));
    const body = { entry_type: 'JNLC', from_account: sweep, entries };
    return { key, path: '/v1/journals/batch', body, journals: 2, answer: undefined };
  }

  async #check(sent: readonly Sent[]): Promise<void> {
    for (const { key, path, body, answer } of sent) {
      const { status, text } = await this.#client.post(path, body, { 'idempotency-key': key });
      if (status !== 200) this.#problems.push(`${key} answers ${status} ${text}`);
      if (answer !== undefined && answer !== text) this.#problems.push(`${key} answers ${text}, before ${answer}`);
    }
    await this.#settled();
    this.#problems.push(...auditLedger(this.#file));
  }

  /** Waits until no journal is in progress, and checks that each requested journal exists. */
  async #settled(): Promise<void> {
    for (;;) {
      const { body } = await this.#client.get<{ journals: { total: number; byStatus: Record<string, number> } }>(
        '/sandbox/stats',
      );
      const { total, byStatus } = body.journals;
      const asked = this.#sent.reduce((sum, { journals }) => sum + journals, 0);
      if ((byStatus['executed'] ?? 0) + (byStatus['activity_created'] ?? 0) !== total) {
        await setTimeout(20);
        continue;
      }
      if (total !== asked) this.#problems.push(`${total} journals, ${asked} asked for`);
      return;
    }
  }
}
