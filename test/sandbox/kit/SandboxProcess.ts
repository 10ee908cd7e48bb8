import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The built command in its own process, so that it can be killed. */
export class SandboxProcess {
  readonly url: string;
  #errors = '';
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    child.stderr?.on('data', (text: Buffer) => (this.#errors += text.toString()));
  }

  /** Its stderr since it started to listen. Complete when the process has ended. */
  get errors(): string {
    return this.#errors;
  }

  /** Resolves when the sandbox listens. Rejects with its stderr if it ends before that. */
  static async start(flags: readonly string[]): Promise<SandboxProcess> {
    const child = spawn(process.execPath, ['dist/cli/main.js', 'sandbox', '--port', '0', ...flags], {
      env: { ...process.env, SANDBOX_KEY_ID: 'key', SANDBOX_SECRET_KEY: 'secret' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const listening = new Promise<string>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        const url = /http:\S+/.exec(text.toString())?.[0];
        if (url !== undefined) resolve(url);
      });
    });
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the sandbox ended: ${errors}`)));
    const url = await Promise.race([listening, ended]);
    ended.catch(() => undefined);
    return new SandboxProcess(child, url);
  }

  /** Resolves when its stderr matches. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#errors) && this.#child.stderr) await once(this.#child.stderr, 'data');
  }

  /** Ends it and resolves with its exit code, or null if the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exit = once(this.#child, 'close');
    this.#child.kill(signal);
    await exit;
    return this.#child.exitCode;
  }
}
