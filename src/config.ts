import { z } from 'zod';

import { authEnvironment, authOf, openDoors } from './config/auth.ts';
import type { AuthConfig } from './config/auth.ts';
import { documentsEnvironment, documentsOf, needlessDocuments } from './config/documents.ts';
import type { DocumentsConfig } from './config/documents.ts';
import { limitsEnvironment, limitsOf } from './config/limits.ts';
import type { LimitsConfig } from './config/limits.ts';
import { tracingEnvironment, tracingOf } from './config/tracing.ts';
import type { TracingConfig } from './config/tracing.ts';
import { missingOf, upstreamEnvironment, upstreamOf } from './config/upstream.ts';
import type { UpstreamConfig } from './config/upstream.ts';
import { logLevel, port, seconds, wholeNumber } from './config/values.ts';

/** What is wrong with the environment or the flags, every problem on a line of its own. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: string[]) {
    super(['the configuration does not hold:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

export type LogLevel = z.infer<typeof logLevel>;

export interface SandboxConfig {
  port: number;
  /** The one Basic credential that the sandbox accepts. */
  keyId: string;
  secretKey: string;
}

export interface OutcomesConfig {
  /** Where the outcomes of reverse batches are kept; null for memory. */
  file: string | null;
  /** How long a lost reverse batch has to be missing before it counts as not done, in ms. */
  settleMs: number;
}

/** How much of the past is kept, and how many read more of it; what is absent has its default. */
export interface EventsConfig {
  /** What stays in memory for those who resume. */
  window?: { max?: number | undefined; maxAgeMs?: number | undefined };
  /** Upstream streams besides the feed, and readers that may wait for one. */
  replays?: { streams?: number | undefined; waiting?: number | undefined };
}

/** The port for operators. */
export interface AdminConfig {
  host: string;
  port: number;
}

export interface ShutdownConfig {
  /** How long the gateway, told to stop, says that it is not ready and serves on, in ms. */
  delayMs: number;
  /** How long it then waits for running operations, in ms. */
  graceMs: number;
}

export interface GatewayConfig {
  host: string;
  port: number;
  /** Null for none. */
  admin: AdminConfig | null;
  shutdown: ShutdownConfig;
  tracing: TracingConfig | null;
  auth: AuthConfig;
  events?: EventsConfig;
  /** Over how long a shutdown sends subscribers away, in ms. */
  spreadMs?: number;
  logLevel: LogLevel;
  outcomes: OutcomesConfig;
  limits: LimitsConfig;
  documents: DocumentsConfig;
  /** Where journals are; or the sandbox, to be started in this process and reached over TCP. */
  upstream: { kind: 'remote'; remote: UpstreamConfig } | { kind: 'sandbox'; sandbox: SandboxConfig };
}

/** What the command line says; it wins over the environment. */
export interface ConfigFlags {
  sandbox?: boolean | undefined;
  port?: string | undefined;
  host?: string | undefined;
}

const sandboxEnvironment = z.object({
  SANDBOX_PORT: port(4010),
  SANDBOX_KEY_ID: z.string().default('sandbox'),
  SANDBOX_SECRET_KEY: z.string().default('sandbox'),
});

const listenerEnvironment = z.object({
  ...tracingEnvironment.shape,
  ...authEnvironment.shape,
  ...limitsEnvironment.shape,
  ...documentsEnvironment.shape,
  PORT: port(4000),
  HOST: z.string().default('127.0.0.1'),
  EVENTS_WINDOW: wholeNumber(10_000, 1, 1_000_000),
  EVENTS_WINDOW_MINUTES: wholeNumber(15, 1, 10_080),
  REPLAY_STREAMS: wholeNumber(4, 1, 24),
  REPLAY_WAITING: wholeNumber(5_000, 1, 1_000_000),
  SHUTDOWN_SPREAD_SECONDS: wholeNumber(3, 0, 60),
  ADMIN_PORT: z.union([port(4001), z.literal('off')], { error: 'expected a port, 0 to 65535, or off' }),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  SHUTDOWN_DELAY_SECONDS: seconds(0),
  SHUTDOWN_GRACE_SECONDS: seconds(10),
  LOG_LEVEL: logLevel.default('info'),
  OUTCOMES_FILE: z.string().optional(),
  OUTCOMES_SETTLE_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'expected whole seconds, 1 to 99999')
    .transform(Number)
    .default(60),
});

/**
 * Reads what `serve` needs, once; nothing else reads the environment.
 * The sandbox is used when the flag asks for it, never because something is missing.
 *
 * @throws ConfigError naming every problem at once
 */
export function readConfig(environment: NodeJS.ProcessEnv, flags: ConfigFlags = {}): GatewayConfig {
  const given = withFlags(environment, { PORT: flags.port, HOST: flags.host });
  const contradictions = [...openDoors(given), ...needlessDocuments(given)];
  if (flags.sandbox) {
    const values = read(listenerEnvironment.extend(sandboxEnvironment.shape), given, contradictions);
    return { ...listener(values), upstream: { kind: 'sandbox', sandbox: sandboxOf(values) } };
  }
  const shape = listenerEnvironment.extend(upstreamEnvironment.shape);
  const values = read(shape, given, [...contradictions, ...missingOf(given)]);
  return { ...listener(values), upstream: { kind: 'remote', remote: upstreamOf(values) } };
}

/**
 * Where `api-key` puts a key: what the flag says, else the file that `serve` would read.
 *
 * @throws ConfigError
 */
export function readKeyFilePath(environment: NodeJS.ProcessEnv, file: string | undefined): string {
  const path = file ?? environment['AUTH_API_KEYS_FILE'];
  if (path) return path;
  throw new ConfigError(['AUTH_API_KEYS_FILE: missing, set it or say --file']);
}

/** Reads what `sandbox` needs. @throws ConfigError naming every problem at once */
export function readSandboxConfig(
  environment: NodeJS.ProcessEnv,
  flags: Pick<ConfigFlags, 'port'> = {},
): SandboxConfig {
  return sandboxOf(read(sandboxEnvironment, withFlags(environment, { SANDBOX_PORT: flags.port })));
}

/** An empty variable counts as unset: that is what `PORT= npm start` and most compose files mean. */
function withFlags(environment: NodeJS.ProcessEnv, flags: Record<string, string | undefined>): Record<string, string> {
  const given = {
    ...environment,
    ...Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)),
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

/** @param others problems that the shape doesn't see, to be told in one go with those that it does */
function read<Shape extends z.ZodType>(
  shape: Shape,
  given: Record<string, string>,
  others: string[] = [],
): z.output<Shape> {
  const result = shape.safeParse(given);
  const problems = (result.error?.issues ?? []).map((issue) => describe(issue, given));
  if (result.success && others.length === 0) return result.data;
  throw new ConfigError([...problems, ...others]);
}

function describe(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const name = issue.path.join('.');
  const found = given[name];
  // A URL may carry a password.
  return found === undefined || found.includes('@') || /SECRET|KEY|CLIENT_ID/.test(name)
    ? `${name}: ${issue.message}`
    : `${name}: ${issue.message}, found ${JSON.stringify(found)}`;
}

function listener(values: z.output<typeof listenerEnvironment>): Omit<GatewayConfig, 'upstream'> {
  return {
    host: values.HOST,
    port: values.PORT,
    admin: adminOf(values),
    shutdown: {
      delayMs: values.SHUTDOWN_DELAY_SECONDS * 1_000,
      graceMs: values.SHUTDOWN_GRACE_SECONDS * 1_000,
    },
    tracing: tracingOf(values),
    auth: authOf(values),
    logLevel: values.LOG_LEVEL,
    limits: limitsOf(values),
    documents: documentsOf(values),
    spreadMs: values.SHUTDOWN_SPREAD_SECONDS * 1_000,
    outcomes: { file: values.OUTCOMES_FILE ?? null, settleMs: values.OUTCOMES_SETTLE_SECONDS * 1_000 },
    events: {
      window: { max: values.EVENTS_WINDOW, maxAgeMs: values.EVENTS_WINDOW_MINUTES * 60_000 },
      replays: { streams: values.REPLAY_STREAMS, waiting: values.REPLAY_WAITING },
    },
  };
}

function adminOf(values: z.output<typeof listenerEnvironment>): AdminConfig | null {
  const { ADMIN_HOST: host, ADMIN_PORT: port } = values;
  return port === 'off' ? null : { host, port };
}

function sandboxOf(values: z.output<typeof sandboxEnvironment>): SandboxConfig {
  return {
    port: values.SANDBOX_PORT,
    keyId: values.SANDBOX_KEY_ID,
    secretKey: values.SANDBOX_SECRET_KEY,
  };
}
