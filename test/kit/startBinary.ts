import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { closeLater } from './leftovers.ts';
import { watchLine } from './watchedLog.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** But for the lines of the log that are news or less: they are written to be watched. */
  stderr: string;
}

/** Sees to it that something is ended some time. */
type EndLater = (end: () => Promise<void>) => void;

/**
 * The command as it was built, in a process of its own: killed when the test ends, or when the caller says, if it still
 * runs then.
 */
export class Binary {
  /** Fulfilled when the process has ended and all that it printed is here. */
  readonly exit: Promise<Exit>;
  readonly #process;
  #stdout = '';
  #stderr = '';

  constructor(argv: string[], environment: Record<string, string> = {}, endLater: EndLater = closeLater) {
    const env = { PATH: process.env['PATH'], LOG_LEVEL: 'trace', ADMIN_PORT: '0', ...environment };
    this.#process = spawn(process.execPath, [main, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#process.once('close', () => this.#stderr.split('\n').forEach(watchLine));
    this.exit = once(this.#process, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => ({
      code: typeof code === 'number' ? code : null,
      signal: typeof signal === 'string' ? signal : null,
      stdout: this.#stdout,
      stderr: withoutNews(this.#stderr),
    }));
    endLater(async () => {
      this.#process.kill('SIGKILL');
      await this.exit;
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** What the pattern's group finds in the output, as soon as it is printed. @throws when the process ends before */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#stdout)?.[1];
      if (found !== undefined) return found;
      const ended = this.exit.then(({ code, stderr }) => {
        throw new Error(`ended with ${code} before it printed ${String(pattern)}: ${stderr}`);
      });
      await Promise.race([once(this.#process.stdout, 'data'), ended]);
    }
  }
}

function withoutNews(stderr: string): string {
  return stderr.replace(/^\{"level":[123]0,.*\n/gm, '');
}

/** Runs a command that ends by itself. */
export function runBinary(argv: string[], environment: Record<string, string> = {}): Promise<Exit> {
  return new Binary(argv, environment).exit;
}

export interface ServingBinary {
  binary: Binary;
  /** As the banner has them. */
  url: string;
  healthUrl: string;
  adminUrl: string;
}

/** `serve` on a free port, once it has printed where. */
export async function serveBinary(
  argv: string[] = ['--sandbox', '--port', '0'],
  environment: Record<string, string> = {},
  endLater?: EndLater,
): Promise<ServingBinary> {
  const binary = new Binary(['serve', ...argv], { SANDBOX_PORT: '0', ...environment }, endLater);
  const url = await binary.printed(/^GraphQL +(\S+)$/m);
  const healthUrl = await binary.printed(/^health +(\S+)$/m);
  return { binary, url, healthUrl, adminUrl: await binary.printed(/^admin +(\S+)$/m) };
}
