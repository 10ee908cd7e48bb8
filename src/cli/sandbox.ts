import { parseArgs } from 'node:util';

import { ConfigError, readSandboxConfig } from '../config.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import { UsageError } from './usageError.ts';

const help = `journals-gateway sandbox: the sandbox alone

Usage:
  journals-gateway sandbox [--port N] [--data FILE]

  --port N      TCP port (SANDBOX_PORT, default 4010; 0 takes any free one)
  --data FILE   keeps the ledger in this file; without it, in memory

Environment: SANDBOX_KEY_ID and SANDBOX_SECRET_KEY (both \`sandbox\`) are the credential it accepts.
`;

/** Runs the sandbox until SIGTERM or SIGINT. @throws UsageError */
export async function sandbox(argv: string[]): Promise<void> {
  const flags = read(argv);
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  const config = configOf(flags.port);
  const { port, keyId, secretKey } = config;
  const running = await createSandbox({
    port,
    keyId,
    secretKey,
    ...(flags.data !== undefined && { dataFile: flags.data }),
  });
  process.stdout.write(`sandbox listening on ${running.url}\n`);
  const stop = () => void running.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function read(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: { port: { type: 'string' }, data: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function configOf(port: string | undefined) {
  try {
    return readSandboxConfig(process.env, { port });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}
