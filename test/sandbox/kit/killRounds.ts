import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';
import { auditLedger } from './auditLedger.ts';
import { ann, bob, cash, shares, sweep } from './journals.ts';
import { SandboxProcess } from './SandboxProcess.ts';
import { SandboxClient } from './startSandbox.ts';

interface Sent {
  key: string;
  path: string;
  body: object;
  /** How many journals it makes. */
  journals: number;
  /** Undefined while the answer is unknown. */
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

/** Kills the built sandbox under load with kill -9, again and again, and tells what did not survive. */
export async function killRounds(rounds: number, seed: number): Promise<KillReport> {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-kill-'));
  const run = new KillRun(join(directory, 'ledger.db'), seed);
  try {
    for (let round = 0; round < rounds; round += 1) await run.round();
    return await run.finish(rounds);
  } finally {
    await run.end();
    rmSync(directory, { recursive: true });
  }
}

class KillRun {
  readonly #file: string;
  readonly #random: () => number;
  readonly #sent: Sent[] = [];
  readonly #problems: string[] = [];
  #unknown = 0;
  /** Called when one more is acknowledged. */
  #acknowledged: () => void = () => undefined;
  #process: SandboxProcess | undefined;
  #client = new SandboxClient('');

  constructor(file: string, seed: number) {
    this.#file = file;
    this.#random = seededRandom(seed);
  }

  async round(): Promise<void> {
    await this.#start();
    const before = this.#sent.length;
    const enough = this.#untilAcknowledged(3 + Math.floor(this.#random() * 100));
    const load = Array.from({ length: workers }, () => this.#send());
    // By then the other workers' requests are anywhere between the socket and the disk.
    await enough;
    await this.end();
    await Promise.all(load);
    await this.#start();
    await this.#check(this.#sent.slice(before));
    await this.end();
  }

  async finish(rounds: number): Promise<KillReport> {
    await this.#start();
    await this.#check(this.#sent);
    await this.end();
    return {
      rounds,
      acknowledged: this.#sent.length - this.#unknown,
      unknown: this.#unknown,
      problems: this.#problems,
    };
  }

  async end(): Promise<void> {
    await this.#process?.end('SIGKILL');
    await this.#client.close();
  }

  async #start(): Promise<void> {
    this.#process = await SandboxProcess.start(['--data', this.#file, ...flags]);
    this.#client = new SandboxClient(this.#process.url);
  }

  /** Counted in answers, not in time: a busy machine sees as many. */
  #untilAcknowledged(count: number): Promise<void> {
    let left = count;
    return new Promise((resolve) => {
      this.#acknowledged = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
  }

  /** Sends one request after the other until there is no answer any more. */
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

  /** Waits until no journal is under way, and checks that there is one for each that was asked for. */
  async #settled(): Promise<void> {
    for (;;) {
      const { body } = await this.#client.get<{ journals: { total: number; byStatus: Record<string, number> } }>(
        '/sandbox/stats',
      );
      const { total, byStatus } = body.journals;
      const asked = this.#sent.reduce((sum, { journals }) => sum + journals, 0);
      if ((byStatus['executed'] ?? 0) + (byStatus['activity_created'] ?? 0) !== total) continue;
      if (total !== asked) this.#problems.push(`${total} journals, ${asked} asked for`);
      return;
    }
  }
}
