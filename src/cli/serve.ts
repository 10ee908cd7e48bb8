import { setFlagsFromString } from 'node:v8';

import { describeVariables } from '../config/describeVariables.ts';
import { readConfig } from '../config/readConfig.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import type { Gateway } from '../gateway.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log.ts';
import { customerAccountIds, sweepAccountId } from '../sandbox/setup/seed.ts';

import { parseFlags } from './parseFlags.ts';
import { untilSignal } from './untilSignal.ts';

const help = `journals-gateway serve: runs the gateway

Usage:
  journals-gateway serve [--sandbox] [--port N] [--host H]

  --sandbox   start a sandbox in this process as the API: needs no credentials and moves no real money
  --port N    port to listen on, instead of PORT; 0 picks a free port
  --host H    address to listen on, instead of HOST

Environment:
${describeVariables()}
`;

const options = {
  sandbox: { type: 'boolean' },
  port: { type: 'string' },
  host: { type: 'string' },
} as const;

/** An example for the sandbox, which is seeded with these accounts. */
const firstMutation = `mutation {
  createJournal(
    input: {
      jnlc: {
        fromAccount: "${sweepAccountId}"
        toAccount: "${customerAccountIds[0]}"
        amount: "10.25"
      }
    }
    idempotencyKey: "first-journal"
  ) {
    __typename
    ... on CreateJournalSuccess {
      idempotencyKey
      journal { id status ... on JNLC { netAmount currency } }
    }
    ... on JournalError { message requestId }
  }
}
`;

/** Runs the gateway until SIGTERM or SIGINT. @throws SetupError */
export async function serve(argv: string[]): Promise<void> {
  const flags = parseFlags(argv, options, help);
  if (!flags) return;
  disablePretenuring();
  const config = readConfig(process.env, flags);
  const log = createLog(config.logLevel);
  const gateway = await untilSignal(
    () => start(config, log),
    (failure) => log.error({ err: failure }, 'the gateway could not be closed completely'),
  );
  if (gateway) process.stdout.write(banner(gateway));
}

/** Loads and starts the gateway. It is loaded on demand, so that an invalid flag is reported without delay. */
async function start(config: GatewayConfig, log: Log): Promise<Gateway> {
  const { createGateway } = await import('../gateway.ts');
  return createGateway({ config, log, defaultQuery: firstMutation });
}

/**
 * Makes V8 allocate every object in the young generation. By default, if V8 finds while warming up that the arrays of
 * some array literal live long, it allocates later arrays of the same literal in the old generation ("pretenuring"). An
 * array that belongs to an operation would then keep the operation's request and response in memory until the next full
 * garbage collection, although all of them are garbage: measured with Node 20, each request left 4 KB behind, and
 * collecting them took a fifth of the processor time.
 */
function disablePretenuring(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

function banner({ url, healthUrl, consoleUrl, adminUrl, sandboxUrl }: Gateway): string {
  const lines = [`GraphQL    ${url}`, `WebSocket  ${url.replace(/^http/, 'ws')}`, `health     ${healthUrl}`];
  if (adminUrl !== null) lines.push(`admin      ${adminUrl}`);
  if (consoleUrl !== null) lines.push(`console    ${consoleUrl}`);
  if (sandboxUrl !== null) {
    const invitation = `Open ${consoleUrl ?? url} in a browser, or send this mutation:`;
    lines.push(`sandbox    ${sandboxUrl}`, '', invitation, '', firstMutation);
  }
  return `${lines.join('\n')}\n`;
}
