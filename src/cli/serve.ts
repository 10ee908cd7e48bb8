import { describeVariables } from '../config/describeVariables.ts';
import { readConfig } from '../config/readConfig.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import type { Gateway } from '../gateway.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log.ts';

import { firstMutation } from './firstMutation.ts';
import { keepYoung } from './keepYoung.ts';
import { listenError } from './listenError.ts';
import { parseFlags } from './parseFlags.ts';
import { untilSignal } from './untilSignal.ts';

const help = `journals-gateway serve: runs the gateway

Usage:
  journals-gateway serve [--sandbox] [--port N] [--host H]

  --sandbox   start a sandbox in this process as the API: needs no credentials and moves no real money
  --port N    port to listen on, instead of PORT; 0 takes any free one
  --host H    address to listen on, instead of HOST

Environment:
${describeVariables()}
`;

const options = {
  sandbox: { type: 'boolean' },
  port: { type: 'string' },
  host: { type: 'string' },
} as const;

/** Runs the gateway until SIGTERM or SIGINT. @throws SetupError */
export async function serve(argv: string[]): Promise<void> {
  const flags = parseFlags(argv, options, help);
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  keepYoung();
  const config = readConfig(process.env, flags);
  const log = createLog(config.logLevel);
  const gateway = await untilSignal(
    () => start(config, log),
    (failure) => log.error({ err: failure }, 'the gateway could not be closed completely'),
  );
  if (gateway) process.stdout.write(banner(gateway));
}

/** Loads the gateway only now, so that an invalid flag is reported without delay. */
async function start(config: GatewayConfig, log: Log): Promise<Gateway> {
  const { createGateway } = await import('../gateway.ts');
  try {
    return await createGateway({ config, log, defaultQuery: firstMutation });
  } catch (error) {
    throw listenError(error);
  }
}

function banner({ url, healthUrl, consoleUrl, adminUrl, sandboxUrl }: Gateway): string {
  const lines = [`GraphQL    ${url}`, `WebSocket  ${url.replace(/^http/, 'ws')}`, `health     ${healthUrl}`];
  if (adminUrl !== null) lines.push(`admin      ${adminUrl}`);
  if (consoleUrl !== null) lines.push(`console    ${consoleUrl}`);
  if (sandboxUrl === null) return `${lines.join('\n')}\n`;
  lines.push(
    `sandbox    ${sandboxUrl}`,
    '',
    `Open ${consoleUrl ?? url} in a browser, or paste a first mutation:`,
    '',
    firstMutation,
  );
  return `${lines.join('\n')}\n`;
}
