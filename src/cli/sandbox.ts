import { readSandboxConfig } from '../config/readConfig.ts';
import { messageOf } from '../errors/messageOf.ts';
import { SetupError } from '../errors/SetupError.ts';
import type { Sandbox } from '../sandbox/createSandbox.ts';
import type { SandboxOptions } from '../sandbox/setup/SandboxOptions.ts';
import { describeSandboxFlags, readSandboxFlags } from './sandboxFlags.ts';
import { untilSignal } from './untilSignal.ts';

const help = `journals-gateway sandbox: run the sandbox only

Usage:
  journals-gateway sandbox [--port N] [--data FILE] [OPTION VALUE]…

  --port N                    TCP port (SANDBOX_PORT, default 4010; 0 picks a free port)
${describeSandboxFlags()}

Environment: SANDBOX_KEY_ID and SANDBOX_SECRET_KEY set the accepted credential (both default to \`sandbox\`).
`;

/** Runs the sandbox until SIGTERM or SIGINT. @throws SetupError */
export async function sandbox(argv: string[]): Promise<void> {
  const flags = readSandboxFlags(argv, help);
  if (!flags) return;
  const { port, keyId, secretKey } = readSandboxConfig(process.env, { port: flags.port });
  const running = await untilSignal(
    () => start({ ...flags.options, port, keyId, secretKey, onError }),
    (failure) => process.stderr.write(`journals-gateway: ${messageOf(failure)}\n`),
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
    throw fileError(error, options.dataFile);
  }
}

/** Adds the file name to libsql's message. Its codes are SQLite's, or empty if the file can't be opened. */
function fileError(error: unknown, file: string | undefined): unknown {
  if (file === undefined || !(error instanceof Error) || !('code' in error)) return error;
  const isFileError = typeof error.code === 'string' && /^(SQLITE_.*)?$/.test(error.code);
  return isFileError ? new SetupError(`can't keep the ledger in ${file}: ${error.message}`) : error;
}
