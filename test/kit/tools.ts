import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { closeLater } from './closeLater.ts';

const folder = fileURLToPath(new URL('../../tools/', import.meta.url));

/** Returns whether to skip tests that need `tools`, because it is not installed. In CI such tests fail instead. */
export function shouldSkipWithoutTools(what: string): boolean {
  const shouldSkip = !existsSync(`${folder}node_modules`) && process.env['CI'] === undefined;
  if (shouldSkip) console.log(`skipped: ${what}, because tools is not installed (npm ci --prefix tools)`);
  return shouldSkip;
}

/** Runs a command of a package that is installed in `tools` and waits for its exit. */
export async function runTool(name: string, argv: string[]): Promise<{ code: number | null; output: string }> {
  const tool = start([`node_modules/.bin/${name}`, ...argv]);
  await once(tool.process, 'close');
  return { code: tool.process.exitCode, output: tool.output() };
}

/** Starts a script of `tools`, which runs until the test ends. Waits for output that matches and returns its group. */
export async function startTool(
  script: string,
  argv: string[],
  pattern: RegExp,
  environment: Record<string, string> = {},
): Promise<string> {
  const tool = start([script, ...argv], environment);
  const closed = once(tool.process, 'close');
  closeLater(async () => {
    tool.process.kill('SIGKILL');
    await closed;
  });
  for (;;) {
    const found = pattern.exec(tool.output())?.[1];
    if (found !== undefined) return found;
    const ended = closed.then(() => {
      throw new Error(`${script} ended: ${tool.output()}`);
    });
    await Promise.race([once(tool.process.stdout, 'data'), ended]);
  }
}

function start(argv: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return { process: child, output: () => output };
}
