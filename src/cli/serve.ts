import { parseArgs } from 'node:util';

import { AuthSetupError } from '../errors/authErrors.ts';
import { messageOf } from '../errors/messageOf.ts';
import { describeVariables } from '../config/describeVariables.ts';
import { ConfigError, readConfig } from '../config/readConfig.ts';
import type { ConfigFlags, GatewayConfig } from '../config/readConfig.ts';
import type { Gateway } from '../gateway.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log.ts';

import { firstMutation } from './firstMutation.ts';
import { untilSignal } from './untilSignal.ts';
import { listenError, UsageError } from './usageError.ts';

const help = `journals-gateway serve: runs the gateway

Usage:
  journals-gateway serve [--sandbox] [--port N] [--host H]

  --sandbox   start a sandbox in this process as the API: needs no credentials and moves no real money
  --port N    port to listen on, instead of PORT; 0 takes any free one
  --host H    address to listen on, instead of HOST

Environment:
${describeVariables()}
`;

/** Runs the gateway until SIGTERM or SIGINT. @throws UsageError */
export async function serve(argv: string[]): Promise<void> {
  const flags = readFlags(argv);
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  const config = configOf(flags);
  const log = createLog(config.logLevel);
  const gateway = await untilSignal(
    () => start(config, log),
    (failure) => log.error({ err: failure }, 'the gateway could not be closed completely'),
  );
  if (gateway) process.stdout.write(banner(gateway));
}

function readFlags(argv: string[]): ConfigFlags & { help?: boolean | undefined } {
  try {
    return parseArgs({
      args: argv,
      options: {
        help: { type: 'boolean', short: 'h' },
        sandbox: { type: 'boolean' },
        port: { type: 'string' },
        host: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${messageOf(error)}\n\n${help}`);
  }
}

function configOf(flags: ConfigFlags): GatewayConfig {
  try {
    return readConfig(process.env, flags);
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

/** Loads the gateway only now, so that an invalid flag is reported without delay. */
async function start(config: GatewayConfig, log: Log): Promise<Gateway> {
  const { createGateway } = await import('../gateway.ts');
  try {
    return await createGateway({ config, log, defaultQuery: firstMutation });
  } catch (error) {
    const isSetup = error instanceof ConfigError || error instanceof AuthSetupError;
    throw isSetup ? new UsageError(error.message) : listenError(error);
  }
}

function banner({ url, healthUrl, adminUrl, sandboxUrl }: Gateway): string {
  const lines = [`GraphQL    ${url}`, `WebSocket  ${url.replace(/^http/, 'ws')}`, `health     ${healthUrl}`];
  if (adminUrl !== null) lines.push(`admin      ${adminUrl}`);
  if (sandboxUrl === null) return `${lines.join('\n')}\n`;
  lines.push(`sandbox    ${sandboxUrl}`, '', `Open ${url} in a browser, or paste a first mutation:`, '', firstMutation);
  return `${lines.join('\n')}\n`;
}
