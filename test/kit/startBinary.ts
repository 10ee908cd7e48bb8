import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { closeLater } from './closeLater.ts';
import { watchLine } from './watchedLog.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** Standard error without the log lines at level info and below. All log lines are checked for secrets. */
  stderr: string;
}

/** Registers a function to be called later, which ends the process. */
type EndLater = (end: () => Promise<void>) => void;

/**
 * The built command in its own process. It is killed when the test ends, or when the caller decides, who then passes a
 * different `endLater`.
 */
export class Binary {
  /** Resolves when the process has ended and all its output has been read. */
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
      stderr: withoutInfo(this.#stderr),
    }));
    endLater(async () => {
      await this.end('SIGKILL');
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Sends a signal and waits for the exit. */
  end(signal: NodeJS.Signals): Promise<Exit> {
    this.kill(signal);
    return this.exit;
  }

  /** Waits for output that matches a pattern and returns the first group. @throws if the process ends first */
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

function withoutInfo(stderr: string): string {
  return stderr.replace(/^\{"level":[123]0,.*\n/gm, '');
}

/** Runs a command and waits for its exit. */
export function runBinary(argv: string[], environment: Record<string, string> = {}): Promise<Exit> {
  return new Binary(argv, environment).exit;
}

export interface ServingBinary {
  binary: Binary;
  /** This URL and the following ones are read from the banner. */
  url: string;
  healthUrl: string;
  adminUrl: string;
}

/** Starts `serve` on a free port and waits until it has printed its URLs. */
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
