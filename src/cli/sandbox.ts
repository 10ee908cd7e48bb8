import { ConfigError, readSandboxConfig } from '../config/readConfig.ts';
import type { SandboxConfig } from '../config/sandbox.ts';
import type { Sandbox } from '../sandbox/createSandbox.ts';
import type { SandboxOptions } from '../sandbox/domain/SandboxOptions.ts';
import { describeSandboxFlags, readSandboxFlags } from './sandboxFlags.ts';
import { untilSignal } from './untilSignal.ts';
import { listenError, UsageError } from './usageError.ts';

const help = `journals-gateway sandbox: runs only the sandbox

Usage:
  journals-gateway sandbox [--port N] [--data FILE] [OPTION VALUE]…

  --port N                  TCP port (SANDBOX_PORT, default 4010; 0 takes any free one)
${describeSandboxFlags()}

Environment: SANDBOX_KEY_ID and SANDBOX_SECRET_KEY (both \`sandbox\`) are the credentials that it accepts.
`;

/** Runs the sandbox until SIGTERM or SIGINT. @throws UsageError */
export async function sandbox(argv: string[]): Promise<void> {
  const flags = readSandboxFlags(argv);
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  const { port, keyId, secretKey } = configOf(flags.port);
  const running = await untilSignal(
    () => start({ ...flags.options, port, keyId, secretKey, onError }),
    (failure) =>
      process.stderr.write(`journals-gateway: ${failure instanceof Error ? failure.message : String(failure)}\n`),
  );
  if (running) process.stdout.write(`sandbox listening on ${running.url}\n`);
}

function onError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  const { createSandbox } = await import('../sandbox/createSandbox.ts');
  try {
    return await createSandbox(options);
  } catch (error) {
    throw fileError(listenError(error), options.dataFile);
  }
}

/** libsql's own words, with the file that was asked for; its codes are SQLite's, or empty when a file can't be opened. */
function fileError(error: unknown, file: string | undefined): unknown {
  if (file === undefined || !(error instanceof Error) || !('code' in error)) return error;
  const isFileError = typeof error.code === 'string' && /^(SQLITE_.*)?$/.test(error.code);
  return isFileError ? new UsageError(`can't keep the ledger in ${file}: ${error.message}`) : error;
}

function configOf(port: string | undefined): SandboxConfig {
  try {
    return readSandboxConfig(process.env, { port });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}
