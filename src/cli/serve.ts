import { parseArgs } from 'node:util';

import { AuthSetupError } from '../auth/unauthenticated.ts';
import { ConfigError, readConfig } from '../config.ts';
import type { ConfigFlags, GatewayConfig } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log.ts';

import { firstMutation } from './firstMutation.ts';
import { untilSignal } from './untilSignal.ts';
import { listenError, UsageError } from './usageError.ts';

const help = `journals-gateway serve: runs the gateway

Usage:
  journals-gateway serve [--sandbox] [--port N] [--host H]

  --sandbox   start a sandbox in this process and stand before it: no credentials needed, no real money
  --port N    port to listen on (PORT, default 4000; 0 takes any free one)
  --host H    address to listen on (HOST, default 127.0.0.1)

Environment:
  APCA_BROKER_BASE_URL         address of the Broker API, e.g. https://broker-api.sandbox.alpaca.markets
  APCA_BROKER_KEY_ID           Basic credentials: key id
  APCA_BROKER_SECRET_KEY       Basic credentials: secret key
  APCA_BROKER_CLIENT_ID        or OAuth 2 client credentials: client id
  APCA_BROKER_CLIENT_SECRET    OAuth 2: client secret
  APCA_BROKER_TOKEN_URL        OAuth 2: token endpoint, e.g. https://authx.sandbox.alpaca.markets/v1/oauth2/token
  APCA_BROKER_EVENTS_VERSION   v2 (default) or v1
  EVENTS_WINDOW                status events kept in memory for those who resume, default 10000
  EVENTS_WINDOW_MINUTES        and for how long, default 15
  REPLAY_STREAMS               upstream streams for replays and history besides the feed, default 4
  REPLAY_WAITING               readers that may wait for one, default 5000
  PING_SECONDS                 how often quiet sockets and event streams say that they are alive, default 12
  SHUTDOWN_SPREAD_SECONDS      over how long a shutdown sends subscribers away, default 3
  SANDBOX_PORT                 with --sandbox: the sandbox's port, default 4010
  SANDBOX_KEY_ID               with --sandbox: what the sandbox accepts, default sandbox
  SANDBOX_SECRET_KEY           with --sandbox: what the sandbox accepts, default sandbox
  OUTCOMES_FILE                where outcomes of reverse batches are kept; memory without it
  OUTCOMES_SETTLE_SECONDS      how long a lost reverse batch has to be missing to count as not done, default 60
  AUTH                         who may come in: none (default, on loopback only), api-key or jwt
  AUTH_API_KEYS_FILE           AUTH=api-key: the file that journals-gateway api-key writes
  AUTH_JWKS_URL                AUTH=jwt: where the issuer of the tokens tells its keys
  AUTH_ISSUER, AUTH_AUDIENCE   AUTH=jwt: what the claims iss and aud must say
  AUTH_CLOCK_SKEW_SECONDS      AUTH=jwt: by how much clocks may differ, default 30
  MAX_REQUEST_BYTES            what one operation may say, over HTTP or a socket, default 4194304
  REQUEST_SECONDS              how long a client may take to say a request, default 30
  MAX_TOKENS, MAX_DEPTH, MAX_FIELDS, MAX_ALIASES, MAX_DIRECTIVES
                               how large a document may be, default 20000, 20, 1000, 50, 50
  MAX_COST                     what an operation may cost with its variables, default 100000
  OPERATION_SECONDS            how long a query or mutation may take, default 60
  MAX_RUNNING_OPERATIONS       queries and mutations under way at once, default 250
  MAX_OPERATIONS_PER_SECOND    of one principal, default no limit
  MAX_CONCURRENT_OPERATIONS    of one principal, default no limit
  PERSISTED_OPERATIONS         manifest of trusted documents
  PERSISTED_OPERATIONS_ONLY    true: nothing else is executed
  CORS_ORIGINS                 origins whose pages may ask from a browser, with commas between; none without it
  MAX_CONNECTIONS              connections at once, whatever they carry, default 30000
  MAX_SOCKETS                  WebSockets and event streams open at once, default 20000
  MAX_OPERATIONS_PER_SOCKET    operations under way on one WebSocket, default 100
  SOCKET_INIT_SECONDS          how long a new WebSocket may take to say connection_init, default 3
  STALL_SECONDS                how long a client may take nothing of what waits for it, default 30
  ADMIN_PORT, ADMIN_HOST       where operators look: /health, /ready, /metrics; default 4001 on 127.0.0.1; off for none
  SHUTDOWN_DELAY_SECONDS       told to stop, how long to serve on while /ready says no, default 0
  SHUTDOWN_GRACE_SECONDS       how long running operations then may take, default 10
  OTEL_EXPORTER_OTLP_ENDPOINT  where traces go, as OTLP in JSON; none without it
  OTEL_SERVICE_NAME            how traces call the gateway, default journals-gateway
  LOG_LEVEL                    trace, debug, info (default), warn, error or silent; logs go to stderr
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
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function configOf(flags: ConfigFlags): GatewayConfig {
  try {
    return readConfig(process.env, flags);
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

/** The gateway is loaded when it is to run: a typo in a flag is told without a second's wait. */
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
