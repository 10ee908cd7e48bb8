import { invalidConfiguration } from '../errors/SetupError.ts';

import { authOf, authProblems, authVariables } from './auth.ts';
import type { AuthConfig } from './auth.ts';
import { documentVariables, manifestProblems } from './documents.ts';
import type { DocumentsConfig } from './documents.ts';
import { outcomeVariables, replayVariables, sharedLogVariables, windowVariables } from './events.ts';
import type { EventsConfig, OutcomesConfig } from './events.ts';
import { featureVariables } from './features.ts';
import { limitVariables } from './limits.ts';
import type { Limits } from './limits.ts';
import { adminOf, adminVariables, listenerVariables, logVariables, shutdownVariables } from './process.ts';
import type { AdminConfig, LogLevel } from './process.ts';
import { redisOf, redisVariables } from './redis.ts';
import type { RedisConfig } from './redis.ts';
import { tracingOf, tracingVariables } from './tracing.ts';
import type { TracingConfig } from './tracing.ts';
import { sandboxVariables, upstreamOf, upstreamProblems, upstreamVariables } from './upstream.ts';
import type { SandboxConfig, UpstreamConfig } from './upstream.ts';
import { readVariables } from './Variable.ts';
import type { ConfigOf, Environment, VariableTable } from './Variable.ts';

export interface GatewayConfig extends ConfigOf<typeof listenerVariables>, ConfigOf<typeof featureVariables> {
  /** Null without an admin server. */
  admin: AdminConfig | null;
  shutdown: ConfigOf<typeof shutdownVariables>;
  tracing: TracingConfig | null;
  auth: AuthConfig;
  events?: EventsConfig;
  logLevel: LogLevel;
  outcomes: OutcomesConfig;
  redis?: RedisConfig;
  limits: Limits;
  documents: DocumentsConfig;
  /** The API, or the sandbox, which runs in this process and is reached over TCP. */
  upstream: { kind: 'remote'; remote: UpstreamConfig } | { kind: 'sandbox'; sandbox: SandboxConfig };
}

/** Flags of the command line. They override the environment. */
export interface ConfigFlags {
  sandbox?: boolean | undefined;
  port?: string | undefined;
  host?: string | undefined;
}

/** All variables that `serve` reads, in the order in which help and documentation list them. */
export const variableTables: readonly VariableTable[] = [
  listenerVariables,
  upstreamVariables,
  authVariables,
  limitVariables,
  documentVariables,
  featureVariables,
  windowVariables,
  sharedLogVariables,
  replayVariables,
  outcomeVariables,
  redisVariables,
  adminVariables,
  shutdownVariables,
  logVariables,
  tracingVariables,
  sandboxVariables,
];

/**
 * Reads the configuration of `serve`. Nothing else reads the environment.
 * The sandbox is started only when the flag asks for it, never because a variable is missing.
 *
 * @throws SetupError that lists every problem
 */
export function readConfig(variables: NodeJS.ProcessEnv, flags: ConfigFlags = {}): GatewayConfig {
  const { PORT, HOST } = variables;
  const environment = environmentOf({ ...variables, PORT: flags.port ?? PORT, HOST: flags.host ?? HOST });
  const problems: string[] = [];
  const read = <Table extends VariableTable>(table: Table) => readVariables(table, environment, problems);
  const config = {
    ...read(listenerVariables),
    ...read(featureVariables),
    admin: adminOf(read(adminVariables)),
    shutdown: read(shutdownVariables),
    tracing: tracingOf(read(tracingVariables)),
    auth: authOf(read(authVariables)),
    events: { window: read(windowVariables), log: read(sharedLogVariables), replays: read(replayVariables) },
    logLevel: read(logVariables).level,
    outcomes: read(outcomeVariables),
    redis: redisOf(read(redisVariables)),
    limits: read(limitVariables),
    documents: read(documentVariables),
  };
  const upstream = flags.sandbox
    ? ({ kind: 'sandbox', sandbox: read(sandboxVariables) } as const)
    : ({ kind: 'remote', remote: upstreamOf(read(upstreamVariables)) } as const);
  problems.push(...authProblems(environment), ...manifestProblems(environment));
  if (!flags.sandbox) problems.push(...upstreamProblems(environment));
  if (problems.length > 0) throw invalidConfiguration(problems);
  return { ...config, upstream };
}

/**
 * Returns the file in which `api-key` stores a key: that of the flag, otherwise the file that `serve` reads.
 *
 * @throws SetupError
 */
export function readKeyFilePath(variables: NodeJS.ProcessEnv, file: string | undefined): string {
  const path = file ?? variables['AUTH_API_KEYS_FILE'];
  if (path) return path;
  throw invalidConfiguration(['AUTH_API_KEYS_FILE: missing, set it or pass --file']);
}

/** Reads the configuration of `sandbox`. @throws SetupError that lists every problem */
export function readSandboxConfig(variables: NodeJS.ProcessEnv, flags: Pick<ConfigFlags, 'port'> = {}): SandboxConfig {
  const problems: string[] = [];
  const environment = environmentOf({ ...variables, SANDBOX_PORT: flags.port ?? variables['SANDBOX_PORT'] });
  const config = readVariables(sandboxVariables, environment, problems);
  if (problems.length > 0) throw invalidConfiguration(problems);
  return config;
}

/** An empty variable counts as unset, as in `PORT= npm start` and most compose files. */
function environmentOf(variables: NodeJS.Dict<string>): Environment {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
