import { ConfigError, type SandboxConfig, readSandboxConfig } from '../config.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import { describeSandboxFlags, readSandboxFlags } from './sandboxFlags.ts';
import { UsageError } from './usageError.ts';

const help = `journals-gateway sandbox: the sandbox alone

Usage:
  journals-gateway sandbox [--port N] [--data FILE] [OPTION VALUE]…

  --port N                  TCP port (SANDBOX_PORT, default 4010; 0 takes any free one)
${describeSandboxFlags()}

Environment: SANDBOX_KEY_ID and SANDBOX_SECRET_KEY (both \`sandbox\`) are the credential it accepts.
`;

/** Runs the sandbox until SIGTERM or SIGINT. @throws UsageError */
export async function sandbox(argv: string[]): Promise<void> {
  const flags = readSandboxFlags(argv);
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  const { port, keyId, secretKey } = configOf(flags.port);
  const running = await createSandbox({ ...flags.options, port, keyId, secretKey });
  process.stdout.write(`sandbox listening on ${running.url}\n`);
  const stop = () => void running.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function configOf(port: string | undefined): SandboxConfig {
  try {
    return readSandboxConfig(process.env, { port });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}
